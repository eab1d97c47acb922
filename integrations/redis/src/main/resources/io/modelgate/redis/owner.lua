-- Whose secret names the accounts: the first to come decides.
redis.call('SETNX', KEYS[1], ARGV[1])
return {redis.call('GET', KEYS[1])}
