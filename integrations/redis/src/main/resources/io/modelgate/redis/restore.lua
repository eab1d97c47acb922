-- Puts what a copy holds in the place of everything after an entry, if the log still ends where it was seen to.
-- KEYS: log, ids, staging list (id and line of each entry in turn), claim. ARGV: head id and hash as seen, the last entry that stays, the number of staged
-- entries. Reply: OK | MOVED | STAGING, if not all of them are there.
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local head, hash = '0-0', string.rep('0', 64)
if last then
  head, hash = last[1], string.sub(last[2][2] or '', -66, -3)
end
if head ~= ARGV[1] or hash ~= ARGV[2] then
  redis.call('DEL', KEYS[3], KEYS[4])
  return {'MOVED'}
end
local count = tonumber(ARGV[4])
if redis.call('LLEN', KEYS[3]) ~= 2 * count then
  redis.call('DEL', KEYS[3], KEYS[4])
  return {'STAGING'}
end
-- Raises before anything is written if this is no hash.
redis.call('HLEN', KEYS[2])
local keep = tonumber(ARGV[3])
if keep == 0 then
  redis.call('DEL', KEYS[1], KEYS[2])
else
  while true do
    local gone = redis.call('XRANGE', KEYS[1], '(' .. ARGV[3] .. '-0', '+', 'COUNT', 500)
    if #gone == 0 then
      break
    end
    for _, entry in ipairs(gone) do
      local id = string.match(entry[2][2], '^{"v":%d+,"seq":%d+,"id":"([^"]*)"')
      if id then
        redis.call('HDEL', KEYS[2], id)
      end
      redis.call('XDEL', KEYS[1], entry[1])
    end
  end
  -- From 7.2 on a last id below that of a removed entry is refused: then what stays is written anew.
  local set = redis.pcall('XSETID', KEYS[1], ARGV[3] .. '-0')
  if type(set) == 'table' and set.err then
    local staying = redis.call('XRANGE', KEYS[1], '-', '+')
    redis.call('DEL', KEYS[1])
    for _, entry in ipairs(staying) do
      redis.call('XADD', KEYS[1], entry[1], 'line', entry[2][2])
    end
  end
end
for i = 0, count - 1 do
  local pair = redis.call('LRANGE', KEYS[3], 2 * i, 2 * i + 1)
  local place = string.format('%.0f', keep + 1 + i)
  redis.call('XADD', KEYS[1], place .. '-0', 'line', pair[2])
  redis.call('HSET', KEYS[2], pair[1], place)
end
redis.call('DEL', KEYS[3], KEYS[4])
return {'OK'}
