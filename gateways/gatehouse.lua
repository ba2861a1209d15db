-- For haproxy.cfg: `http-request lua.gatehouse <URL of the question> <header of the keys>`.
-- Sets txn.gatehouse to "pass" and four variables to the identity, or answers with the refusal of Gatehouse, or does nothing.

local VARIABLES = {
  ["x-developer-id"] = "txn.developer_id",
  ["x-application-id"] = "txn.application_id",
  ["x-credential-id"] = "txn.credential_id",
  ["x-api-product-id"] = "txn.api_product_id",
}
local REFUSALS = { [401] = true, [403] = true, [429] = true }
local PASSED_ON = { "content-type", "www-authenticate", "retry-after", "x-request-id" }

-- In order: HAProxy counts the values of a header from 0 in requests, and from 1 in responses.
local function values_of(headers, name)
  local values, found = {}, headers[name] or {}
  for index = found[0] and 0 or 1, #found do
    table.insert(values, found[index])
  end
  return values
end

-- Send Gatehouse only the headers that it needs.
local function question(txn, key_header)
  local sent = txn.http:req_get_headers()
  local headers = { ["x-original-uri"] = { txn.sf:pathq() }, ["x-forwarded-for"] = { txn.sf:src() } }
  for _, name in ipairs({ key_header:lower(), "authorization" }) do
    local values = values_of(sent, name)
    if #values > 0 then
      headers[name] = values
    end
  end
  return headers
end

local function refuse(txn, answer)
  local headers = {}
  for _, name in ipairs(PASSED_ON) do
    local values = values_of(answer.headers, name)
    if #values > 0 then
      headers[name] = values
    end
  end
  txn:done({ status = answer.status, headers = headers, body = answer.body })
end

local function ask(txn, url, key_header)
  -- Milliseconds for each attempt; HAProxy retries a failed one three times.
  local answer = core.httpclient():get({ url = url, headers = question(txn, key_header), timeout = 2000 })
  if REFUSALS[answer.status] then
    refuse(txn, answer)
  end
  if answer.status ~= 200 then
    return
  end
  for name, variable in pairs(VARIABLES) do
    local values = values_of(answer.headers, name)
    if #values ~= 1 then
      return
    end
    txn:set_var(variable, values[1])
  end
  txn:set_var("txn.gatehouse", "pass")
end

core.register_action("gatehouse", { "http-req" }, ask, 2)
