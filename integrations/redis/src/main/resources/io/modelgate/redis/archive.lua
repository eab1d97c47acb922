-- Moves the first entries of the log into a segment, if it still begins and goes on as was seen.
-- KEYS: log, segments. ARGV: first id, id and hash of the last one to move, id and hash of the entry that says they are archived, the
-- segment's name, the segment. Reply: OK | MOVED.
local function hash(id)
  local found = redis.call('XRANGE', KEYS[1], id, id)[1]
  return found and string.sub(found[2][2] or '', -66, -3)
end
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
if not first or first[1] ~= ARGV[1] or hash(ARGV[2]) ~= ARGV[3] or hash(ARGV[4]) ~= ARGV[5] then
  return {'MOVED'}
end
redis.call('HSET', KEYS[2], ARGV[6], ARGV[7])
local after = string.format('%.0f', tonumber(string.match(ARGV[2], '^%d+')) + 1)
redis.call('XTRIM', KEYS[1], 'MINID', '=', after .. '-0')
return {'OK'}
