package io.modelgate.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.modelgate.control.ControlLogException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Makes connections to whatever an address stands for, looking the master or the cluster's nodes up each time. */
final class Connector {

    private static final ByteArrayCodec CODEC = ByteArrayCodec.INSTANCE;

    private final RedisAddress address;
    private final AbstractRedisClient client;

    Connector(RedisAddress address, Duration timeout, ClientResources resources) {
        this.address = address;
        if (address.kind() == RedisAddress.Kind.CLUSTER) {
            RedisClusterClient cluster = RedisClusterClient.create(resources, address.uris(timeout));
            // No refresh of the topology besides: it is read anew for each connection, and a lost node ends the
            // connection.
            // A node is connected to when it is first asked. What waits for that longer than the timeout is never run:
            // Lane
            // ends the connection then.
            cluster.setOptions(ClusterClientOptions.builder(options(address, timeout))
                    .disconnectedBehavior(ClientOptions.DisconnectedBehavior.ACCEPT_COMMANDS)
                    .build());
            client = cluster;
        } else {
            RedisClient single =
                    RedisClient.create(resources, address.uris(timeout).get(0));
            single.setOptions(options(address, timeout));
            client = single;
        }
    }

    /** One connection, and how to ask over it. */
    record Connection(
            StatefulConnection<byte[], byte[]> connection, RedisClusterAsyncCommands<byte[], byte[]> commands) {

        /** Gives it up, without waiting until it is gone. */
        void end() {
            // The client may have ended it already, with itself, and would warn of the second time.
            if (!(connection instanceof RedisChannelHandler<?, ?> handler && handler.isClosed())) {
                CompletableFuture<Void> ignored = connection.closeAsync();
            }
        }
    }

    CompletionStage<Connection> connect(Duration timeout) {
        if (client instanceof RedisClusterClient cluster) {
            return cluster.refreshPartitionsAsync()
                    .thenCompose(done -> cluster.connectAsync(CODEC))
                    .thenApply((StatefulRedisClusterConnection<byte[], byte[]> made) ->
                            timed(made, made.async(), timeout));
        }
        RedisClient single = (RedisClient) client;
        return single.connectAsync(CODEC, address.uris(timeout).get(0))
                .thenCompose((StatefulRedisConnection<byte[], byte[]> made) ->
                        requireMaster(timed(made, made.async(), timeout)));
    }

    private static Connection timed(
            StatefulConnection<byte[], byte[]> made,
            RedisClusterAsyncCommands<byte[], byte[]> commands,
            Duration timeout) {
        made.setTimeout(timeout);
        return new Connection(made, commands);
    }

    /** Sentinels may still name the old master for a moment after it became a replica. */
    private CompletionStage<Connection> requireMaster(Connection made) {
        if (address.kind() != RedisAddress.Kind.SENTINEL) {
            return CompletableFuture.completedFuture(made);
        }
        return made.commands().role().handle((role, failure) -> {
            if (failure == null && isMaster(role)) {
                return made;
            }
            made.end();
            throw failure == null
                    ? new ControlLogException("the sentinels name a server that is not a master (yet)")
                    : new CompletionException(failure);
        });
    }

    private static boolean isMaster(List<Object> role) {
        return !role.isEmpty() && RedisLink.text(role.get(0)).equals("master");
    }

    CompletionStage<Void> close() {
        return client.shutdownAsync(0, 0, TimeUnit.SECONDS);
    }

    private static ClientOptions options(RedisAddress address, Duration timeout) {
        SslOptions.Builder ssl = SslOptions.builder().jdkSslProvider().handshakeTimeout(timeout);
        address.trust().ifPresent(pem -> ssl.trustManager(pem.toFile()));
        return ClientOptions.builder()
                .autoReconnect(false)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .pingBeforeActivateConnection(true)
                .protocolVersion(ProtocolVersion.RESP2)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(timeout)
                        .keepAlive(true)
                        .tcpNoDelay(true)
                        .build())
                .timeoutOptions(TimeoutOptions.create())
                .sslOptions(ssl.build())
                .build();
    }
}
