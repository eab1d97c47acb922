-- Makes the index of ids anew, if the log still ends where it was seen to.
-- KEYS: log, ids, staging list (id and seq in turn). ARGV: head id and hash as seen. Reply: OK | MOVED.
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if not last or last[1] ~= ARGV[1] or string.sub(last[2][2] or '', -66, -3) ~= ARGV[2] then
  redis.call('DEL', KEYS[3])
  return {'MOVED'}
end
redis.call('DEL', KEYS[2])
local size = redis.call('LLEN', KEYS[3])
for i = 0, size - 1, 500 do
  redis.call('HSET', KEYS[2], unpack(redis.call('LRANGE', KEYS[3], i, i + 499)))
end
redis.call('DEL', KEYS[3])
return {'OK'}
