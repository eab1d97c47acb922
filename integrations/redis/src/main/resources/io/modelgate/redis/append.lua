-- Appends entries to the log if it ends as expected.
-- KEYS: log, ids. ARGV: expected seq, expected hash, '1' to write or '0' to look only, then id and line of each entry.
-- Reply: OK | KNOWN id seq … | NONE | IDS | MOVED head-id id line …, what follows the expected entry.
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local head, hash = '0-0', string.rep('0', 64)
if last then
  head, hash = last[1], string.sub(last[2][2] or '', -66, -3)
end
local ids = {}
for i = 4, #ARGV, 2 do
  ids[#ids + 1] = ARGV[i]
end
local places = redis.call('HMGET', KEYS[2], unpack(ids))
if head ~= ARGV[1] .. '-0' or hash ~= ARGV[2] then
  local reply = {'MOVED', head}
  local bytes = 0
  for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '(' .. ARGV[1] .. '-0', '+', 'COUNT', 256)) do
    reply[#reply + 1] = entry[1]
    reply[#reply + 1] = entry[2][2]
    bytes = bytes + #entry[2][2]
    if bytes > 4194304 then
      break
    end
  end
  return reply
end
if redis.call('HLEN', KEYS[2]) ~= tonumber(ARGV[1]) then
  return {'IDS'}
end
local known = {'KNOWN'}
for i, place in ipairs(places) do
  if place then
    known[#known + 1] = ids[i]
    known[#known + 1] = place
  end
end
if #known > 1 then
  return known
end
if ARGV[3] ~= '1' then
  return {'NONE'}
end
-- Whoever put something behind the end and took it away again has left the stream's last id too high.
if last then
  -- From 7.2 on that is refused, and some have no such command: then the entries are written anew.
  local set = redis.pcall('XSETID', KEYS[1], head)
  if type(set) == 'table' and set.err then
    if not string.find(set.err, 'max_deleted_entry_id') and not string.find(set.err, 'nknown') then
      return set
    end
    local all = redis.call('XRANGE', KEYS[1], '-', '+')
    redis.call('DEL', KEYS[1])
    for _, entry in ipairs(all) do
      redis.call('XADD', KEYS[1], entry[1], 'line', entry[2][2])
    end
  end
elseif redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('DEL', KEYS[1])
end
local seq = tonumber(ARGV[1])
for i = 4, #ARGV, 2 do
  seq = seq + 1
  local place = string.format('%.0f', seq)
  redis.call('XADD', KEYS[1], place .. '-0', 'line', ARGV[i + 1])
  redis.call('HSET', KEYS[2], ARGV[i], place)
end
return {'OK'}
