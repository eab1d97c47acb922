-- Says what a process has applied, and asks where the log ends.
-- KEYS: instances, log. ARGV: instance or '' to ask only, seq, hash, milliseconds of silence after which others are forgotten or '0' to
-- forget nobody. Reply: Redis's time in milliseconds, 1 if the instance was not listed before, head id, the end of the head's line.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
local added = 0
if ARGV[1] ~= '' then
  added = redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. ARGV[3] .. ' ' .. string.format('%.0f', now))
end
if ARGV[4] ~= '0' then
  local all = redis.call('HGETALL', KEYS[1])
  for i = 1, #all, 2 do
    local beat = tonumber(string.match(all[i + 1], ' (%d+)$'))
    if not beat or now - beat > tonumber(ARGV[4]) then
      redis.call('HDEL', KEYS[1], all[i])
    end
  end
end
if last then
  -- The end of the line has the hash; every process asks this once a second, and after each entry.
  return {string.format('%.0f', now), added, last[1], string.sub(last[2][2] or '', -66)}
end
return {string.format('%.0f', now), added}
