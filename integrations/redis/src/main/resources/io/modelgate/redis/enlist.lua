-- Lists instances again that are not listed, as they were.
-- KEYS: instances. ARGV: name and state of each. Reply: how many.
local again = 0
for i = 1, #ARGV, 2 do
  again = again + redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[i + 1])
end
return {again}
