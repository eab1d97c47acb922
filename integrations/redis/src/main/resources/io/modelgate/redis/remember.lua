-- Remembers an id unless it is known.
-- KEYS: the id's. ARGV: whose attempt it is, when the id expires in milliseconds since 1970, and in how many milliseconds by the clock of whoever
-- asks. It stays until the later of the two: a clock that is ahead, his or Redis's, would make it one of them too early.
-- Reply: 1 if it was not known, 0 otherwise.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local expires = math.max(tonumber(ARGV[2]), now + tonumber(ARGV[3]))
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PXAT', string.format('%.0f', expires)) then
  return {1}
end
return {0}
