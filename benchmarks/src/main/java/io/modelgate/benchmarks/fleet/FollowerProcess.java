package io.modelgate.benchmarks.fleet;

import io.modelgate.KillReceipt;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A process with one follower or many. It answers the lines of its input and ends with it; and answers bytes on a bare socket, by which
 * the parent measures what it takes to wake so many processes without Redis and without gates.
 */
final class FollowerProcess {

    private static final long BETWEEN_CALLS = TimeUnit.MILLISECONDS.toNanos(10);

    private final List<Follower> followers = new ArrayList<>();
    private final String uri;

    /** When messages arrived, by {@link System#nanoTime}, since they were taken last. */
    private final Queue<Long> arrived = new ConcurrentLinkedQueue<>();

    private final PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);

    private FollowerProcess(String uri) {
        this.uri = uri;
    }

    /** Arguments: the log's name, a directory, this process's name, how many followers, the port to listen to. Input: first the URI. */
    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String uri = in.readLine();
        FollowerProcess process = new FollowerProcess(uri);
        for (int i = 0; i < Integer.parseInt(args[3]); i++) {
            String name = args[2] + "-" + i;
            Path directory = Files.createDirectories(Path.of(args[1], name));
            process.followers.add(new Follower(uri, args[0], directory, name));
        }
        daemon("calls", process::call);
        daemon("bytes", () -> echo(Integer.parseInt(args[4])));
        process.say("serving");
        process.obey(in);
        Runtime.getRuntime().halt(0);
    }

    private static void daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** A process that serves is not asleep; twenty that are busy would measure each other. */
    private void call() {
        for (int i = 0; true; i = (i + 1) % followers.size()) {
            followers.get(i).call();
            LockSupport.parkNanos(BETWEEN_CALLS);
        }
    }

    /** Answers every byte with the time at which it arrived. */
    private static void echo(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            while (in.read() >= 0) {
                out.writeLong(System.nanoTime());
            }
        } catch (IOException e) {
            // The parent is gone, or done.
        }
    }

    private void obey(BufferedReader in) throws IOException {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            switch (line) {
                case "clock" -> say("clock " + System.nanoTime());
                case "messages" -> {
                    new Messages(uri, arrived).listen();
                    daemon("messages", new BareMessages(uri, arrived));
                }
                case "report" -> report();
                case "kill" -> kill();
                case "end" -> {
                    return;
                }
                default -> throw new IllegalArgumentException("unknown line: " + line);
            }
        }
    }

    private void report() {
        for (int i = 0; i < followers.size(); i++) {
            Stamps stamps = followers.get(i).stamps();
            for (Stamps.Stamp stamp = stamps.stamps().poll();
                    stamp != null;
                    stamp = stamps.stamps().poll()) {
                out.println("stamp " + i + " " + stamp.seq() + " " + stamp.nanos());
            }
        }
        for (Long nanos = arrived.poll(); nanos != null; nanos = arrived.poll()) {
            out.println("message " + nanos);
        }
        say("report " + followers.stream().mapToLong(Follower::late).sum() + " "
                + followers.stream().mapToLong(Follower::calls).sum() + " "
                + followers.stream().filter(Follower::live).count());
    }

    /** Kills in this process, says how long that took, and lets storing it go on. */
    private void kill() {
        long began = System.nanoTime();
        KillReceipt receipt = followers.get(0).kill();
        say("killed " + receipt.id() + " " + (System.nanoTime() - began));
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }
}
