import { createHash } from "node:crypto";
import { ENDED_TTL_MS, MAX_FACT_BYTES, MAX_FACTS, MAX_SLOTS, OPEN_TTL_MS } from "./keys.ts";

/**
 * What one flush says of one job, in one step: state first, then the message, so that whoever hears it finds it there.
 * Sent twice it changes nothing the second time: numbers only grow. A state that is missing, or of another history, is
 * begun anew.
 *
 * ```
 * KEYS  head, facts
 * ARGV  channel, epoch, tenant, seq, log, ended, then (kind, number, slot, frame) for each entry
 *       kind f: fact `seq`, slot of the task that it ends   t: tick `tick`, its slot   l: log line `log_id`
 * ```
 *
 * The message: `epoch seq log log-before tenant`, a line; then the entries as they are, four lines each. `seq` and `log`
 * say how far the job has come, also when what led there was dropped.
 *
 * @returns 1 when the state was begun anew
 */
export const PUBLISH_SCRIPT = `
local head, facts = KEYS[1], KEYS[2]
local known = redis.call('HMGET', head, 'epoch', 'seq', 'tick', 'log', 'ended')
local begun = known[1] ~= ARGV[2]
if begun then
  redis.call('DEL', head, facts)
  known = {}
end
local seq, tick, log = tonumber(known[2] or 0), tonumber(known[3] or 0), tonumber(known[4] or 0)
local before = log
local slots = redis.call('HLEN', head)
for at = 7, #ARGV, 4 do
  local kind, number, slot, frame = ARGV[at], tonumber(ARGV[at + 1]), ARGV[at + 2], ARGV[at + 3]
  if kind == 'f' then
    if number > seq then
      seq = number
      if #frame <= ${MAX_FACT_BYTES} then
        redis.call('XADD', facts, 'MAXLEN', '~', ${MAX_FACTS}, ARGV[at + 1] .. '-0', 'f', frame)
      end
      if slot ~= '' then redis.call('HDEL', head, 't:' .. slot) end
    end
  elseif kind == 't' then
    if number > tick then
      tick = number
      if slots < ${MAX_SLOTS} or redis.call('HEXISTS', head, 't:' .. slot) == 1 then
        slots = slots + redis.call('HSET', head, 't:' .. slot, frame)
      end
    end
  elseif number > log then
    log = number
  end
end
local function text(number) return string.format('%.0f', number) end
local seqText, logText = text(math.max(seq, tonumber(ARGV[4]))), text(math.max(log, tonumber(ARGV[5])))
redis.call('HSET', head, 'epoch', ARGV[2], 'tenant', ARGV[3], 'seq', seqText, 'tick', text(tick), 'log', logText)
local ttl = ${OPEN_TTL_MS}
if known[5] or ARGV[6] == '1' then
  redis.call('HSET', head, 'ended', '1')
  ttl = ${ENDED_TTL_MS}
end
redis.call('PEXPIRE', head, ttl)
redis.call('PEXPIRE', facts, ttl)
local position = table.concat({ARGV[2], seqText, logText, text(before), ARGV[3]}, ' ')
redis.call('PUBLISH', ARGV[1], position .. '\\n' .. table.concat(ARGV, '\\n', 7))
return begun and 1 or 0
`;

/** What `EVALSHA` calls it. */
export const PUBLISH_SHA = createHash("sha1").update(PUBLISH_SCRIPT).digest("hex");
