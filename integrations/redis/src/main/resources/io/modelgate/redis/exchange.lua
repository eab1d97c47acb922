-- What the holders of one account hold of its ceiling. One of them tells what it holds and asks for more.
-- The hash: 'h:HOLDER' is "turn held slack until"; 't' the sum of all held and slack; 'x' the earliest time at which a slack may end;
-- 'g' the part of 't' that holders held who are long gone. Times are milliseconds of this server.
local key = KEYS[1]
local me = 'h:' .. ARGV[1]
local turn = tonumber(ARGV[2])
local ceiling = tonumber(ARGV[3])
local held = tonumber(ARGV[4])
local needed = tonumber(ARGV[5])
local wanted = tonumber(ARGV[6])
local term = tonumber(ARGV[7])
local keep = tonumber(ARGV[8])
local forget = tonumber(ARGV[9])

local function whole(number)
  return string.format('%.0f', number)
end

local function share(text)
  local a, b, c, d = string.match(text, '^(%d+) (%d+) (%d+) (%d+)$')
  return tonumber(a), tonumber(b), tonumber(c), tonumber(d)
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('HMGET', key, me, 't', 'x')
local total = tonumber(known[2] or '0')
local earliest = tonumber(known[3] or '0')
local had_turn, had_held, had_slack, had_until = 0, 0, 0, 0
if known[1] then
  had_turn, had_held, had_slack, had_until = share(known[1])
end
-- An exchange that comes late must not undo a later one.
if turn < had_turn then
  return {-1, 0, 0}
end

local others = total - had_held - had_slack
local room = ceiling - others - held
-- Looking at every holder is for when there is not enough, and some slack may have ended.
if earliest > 0 and earliest <= now and (needed > room or wanted > (room - needed) / 2) then
  earliest = 0
  local all = redis.call('HGETALL', key)
  for i = 1, #all, 2 do
    local holder = all[i]
    if string.sub(holder, 1, 2) == 'h:' and holder ~= me then
      local its_turn, its_held, its_slack, its_until = share(all[i + 1])
      if its_until + forget <= now then
        others = others - its_slack
        redis.call('HINCRBY', key, 'g', whole(its_held))
        redis.call('HDEL', key, holder)
      elseif its_slack > 0 and its_until <= now then
        others = others - its_slack
        redis.call('HSET', key, holder, whole(its_turn) .. ' ' .. whole(its_held) .. ' 0 ' .. whole(its_until))
      elseif its_slack > 0 and (earliest == 0 or its_until < earliest) then
        earliest = its_until
      end
    end
  end
  room = ceiling - others - held
end

local covered = needed <= room
local more = 0
if covered then
  held = held + needed
  -- Half of what is left at most, so that the last of a ceiling is not all leased to one.
  more = math.floor((room - needed) / 2)
end
-- A lease that is not over is not cut.
local kept = 0
if had_until > now then
  kept = math.max(0, had_held + had_slack - held)
end
local granted = math.min(wanted, math.max(kept, more))
local ending = now + term
if granted > 0 and (earliest == 0 or ending < earliest) then
  earliest = ending
end
total = others + held + granted
redis.call('HSET', key, me, whole(turn) .. ' ' .. whole(held) .. ' ' .. whole(granted) .. ' ' .. whole(ending), 't', whole(total), 'x', whole(earliest))
-- By this server's clock alone: one that is set back elsewhere must not have the account forgotten.
if keep >= 0 then
  redis.call('PEXPIRE', key, whole(keep))
end
return {covered and 1 or 0, granted, math.max(0, ceiling - total)}
