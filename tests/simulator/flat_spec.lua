-- The simulator stays as quick and as small as it was, however long it runs.
package.path = "tests/simulator/?.lua;flows/?.lua;" .. package.path
local keep = require "simulator.keep"
local recent = require "simulator.recent"
local stored = require "parse.phone_stored"
local support = require "support"
local text_index = require "simulator.text_index"

local FEW, MANY = 100, 2000

local function escaped(text)
  return (text:gsub("[^%w]", function(c) return ("%%%02X"):format(c:byte()) end))
end

-- The steps of Lua that something takes, in hundreds: the same on every machine, whatever its load.
local function steps(run)
  local count = 0
  debug.sethook(function() count = count + 1 end, "", 100)
  run()
  debug.sethook()
  return count
end

local function phone_of(n) return ("+9198%08d"):format(n * 7919 % 100000000) end
local function mark_of(n) return ("%012x"):format(n * 107513752095183 & 0xffffffffffff) end

-- A simulator with this many contacts, and as many calls; and the KB that it takes.
local function filled(count)
  collectgarbage()
  local before, client = collectgarbage "count", support.client()
  for n = 1, count do
    client:later(0.001)
    client.contact_id = client:contact { email = ("visitor%d@example.com"):format(n),
      phone = phone_of(n), firstName = "Asha", lastName = "Rao " .. n }.data.id
    client:book { subject = "Callback " .. mark_of(n) }
  end
  collectgarbage()
  return client, collectgarbage "count" - before
end

describe("The simulator", function()
  local few, few_kb = filled(FEW)
  local many, many_kb = filled(MANY)
  local terms = escaped(table.concat(stored.terms "+914423456789", ","))

  for _, case in ipairs {
    { "an e-mail that is there", "/contacts/search?email=visitor77%40example.com", 1 },
    { "an e-mail that is not", "/contacts/search?email=nobody%40example.com", 0 },
    { "a number that is there", "/contacts/search?phone=" .. escaped(phone_of(77)), 1 },
    { "a number in all its forms", "/contacts/search?phone=" .. terms, 0 },
    { "a number in all fields", "/contacts/search?_all=" .. terms, 0 },
    { "a full name", "/contacts/search?fullName=nobody+rao", 0 },
    { "the mark of a call", "/calls/search?subject=" .. mark_of(77), 1 },
    { "the newest calls", "/calls?limit=20&sortBy=-createdTime", 20 },
    { "the newest calls of a department", "/calls?limit=20&departmentId=310000000006907", 20 },
  } do
    it("looks for " .. case[1] .. " in no more steps among many", function()
      local function ask(client)
        local answer
        local count = steps(function() answer = client:desk("GET", case[2]) end)
        assert.equal(case[3], answer.data and #answer.data.data or 0)
        return count
      end
      local before, after = ask(few), ask(many)
      assert.is_true(after < before + 10,
        ("%d00 steps of Lua, then %d00"):format(before, after))
    end)
  end

  it("stores, finds and changes in no more steps among many", function()
    local function work(client)
      return steps(function()
        local email = "new@example.com"
        client.contact_id = client:contact { email = email }.data.id
        local call = client:book().data
        client:desk("PATCH", "/calls/" .. call.id, { status = "Canceled" })
        client:desk("GET", "/contacts/" .. client.contact_id)
        local ticket = client:desk("POST", "/tickets", { contactId = client.contact_id,
          departmentId = client.settings.DESK_DEPARTMENT_ID }).data
        client:book { ticketId = ticket.id }
        client:desk("GET", ("/tickets/%s/calls"):format(ticket.id))
        client:open { visitor = { user_id = "a", email = email } }
        client:salesiq("POST", "/api/v2/simulated/visitors/new%40example.com/messages",
          { text = "Hi" })
      end)
    end
    assert.is_true(work(many) < work(few) + 10)
    assert.equal(MANY, #many.zoho.world.records.calls:all() - 2)
  end)

  it("needs less than 2 KB for a contact and its call", function()
    local each = (many_kb - few_kb) / (MANY - FEW)
    assert.is_true(each < 2, ("%.2f KB"):format(each))
  end)

  it("shows a record in full, however little is kept of it", function()
    local made = few:contact { email = "full@example.com", city = "Pune", cf = { cf_a = "b" } }.data
    local shown = few:desk("GET", "/contacts/" .. made.id).data
    assert.same(made, shown)
    assert.equal("b", shown.cf.cf_a)
    for _, name in ipairs { "born", "old", "place" } do assert.is_nil(shown[name]) end
  end)

  it("puts calls in the order of their times where the clock was turned back", function()
    local client = support.client()
    client:book { subject = "first" }
    client:later(-100)
    client:book { subject = "second" }
    local function subjects(order)
      local list = {}
      local answer = client:desk("GET", "/calls?sortBy=" .. order)
      for i, row in ipairs(answer.data.data) do list[i] = row.subject end
      return list
    end
    assert.same({ "first", "second" }, subjects "-createdTime")
    assert.same({ "second", "first" }, subjects "createdTime")
  end)

  it("keeps no more access tokens than 10,000", function()
    local client = support.client { token_life_s = 1e9 }
    local tokens = client.zoho.world.tokens
    for _ = 1, 12000 do tokens:issue { kind = "user", active = {}, scopes = {} } end
    assert.is_true(#tokens.accesses:values() <= 10000)
    assert.equal(200, client:refresh().status)
  end)
end)

describe("What is kept of one kind", function()
  local function numbers(kept)
    local list = {}
    kept:newest(nil, function(record) list[#list + 1] = record.n end)
    return list
  end

  it("is the newest, between one generation and two", function()
    local kept = keep.new { most = 3, keys = { n = function(record) return record.n end,
      odd = function(record) return record.n % 2 == 1 or nil end } }
    for n = 1, 8 do kept:add { n = n } end
    assert.same({ 8, 7, 6, 5, 4 }, numbers(kept))
    assert.equal(8, kept.count)
    assert.is_nil(kept:get("n", 3))
    assert.equal(4, kept:get("n", 4).n)
    assert.equal(8, kept:get("n", 8).n)
    local odd = {}
    for i, record in ipairs(kept:with("odd", true)) do odd[i] = record.n end
    assert.same({ 5, 7 }, odd)
    assert.equal(5, kept:get("odd", true).n)
    assert.equal(5, #kept:all())
  end)

  it("is found by its new text after a change, in both generations", function()
    local kept = keep.new { most = 40, text = function(record) return record.text end }
    local records = {}
    for n = 1, 80 do
      records[n] = { text = "number " .. n }
      kept:add(records[n])
    end
    for _, n in ipairs { 1, 80 } do
      records[n].text = "changed " .. n
      kept:touch(records[n])
      local found = false
      local wanted = { { texts = { "changed " .. n } } }
      assert.is_true(text_index.tells(wanted))
      kept:newest(wanted, function(record)
        found = found or record == records[n]
      end)
      assert.is_true(found)
    end
  end)

  it("is found where it stands in a long list, with a look at few others", function()
    local kept = keep.new { text = function(record) return record.text end }
    for n = 1, 4200 do kept:add { text = ("<%x>"):format(n * 7919) } end
    for _, n in ipairs { 1, 32, 33, 2048, 2049, 4096, 4097, 4200 } do
      local looked, found = 0, 0
      local wanted = { { texts = { ("<%x>"):format(n * 7919) } } }
      assert.is_true(text_index.tells(wanted))
      kept:newest(wanted, function(record)
        looked = looked + 1
        if record.text == wanted[1].texts[1] then found = found + 1 end
      end)
      assert.equal(1, found)
      assert.is_true(looked <= 32, looked .. " were looked at")
    end
  end)

  it("is never missed by the index, whatever is searched for", function()
    local client, seed = support.client { unique_emails = false }, 7
    local function random(most)
      seed = seed * 16807 % 2147483647
      return seed % most + 1
    end
    local pieces = { "98", "76", "543", "21", " ", "-", ".", "(", ") ", "+", "x", "a", "@", "ä" }
    local function text(most)
      local list = {}
      for i = 1, random(most) do list[i] = pieces[random(#pieces)] end
      return table.concat(list)
    end
    for _ = 1, 300 do
      client:call("POST", "/_contact", { lastName = "x" .. text(4), mobile = "1" .. text(9) })
    end
    local function found(query)
      local answer = client:desk("GET", "/contacts/search?limit=1&" .. query)
      return answer.data and answer.data.count or answer.status
    end
    local tells, hits = text_index.tells, 0
    for n = 1, 900 do
      client:switch { search_as = ({ "text", "whole", "words" })[n % 3 + 1] }
      local wanted = text(6):gsub("[()]", "")
      if n % 2 == 0 then wanted = "*" .. wanted .. "*" end
      if n % 5 == 0 then wanted = wanted .. "," .. text(3):gsub("[()]", "") .. "*" .. wanted end
      local query = ({ "mobile=", "_all=+", "fullName=" })[n % 4 % 3 + 1] .. escaped(wanted)
      local is_indexed = false
      text_index.tells = function(all)
        is_indexed = tells(all)
        return is_indexed
      end
      local indexed = found(query)
      text_index.tells = function() return false end
      local scanned = is_indexed and found(query) or indexed
      text_index.tells = tells
      assert.equal(scanned, indexed, query)
      hits = hits + (scanned ~= 204 and scanned ~= 422 and 1 or 0)
    end
    assert.is_true(hits > 100, hits .. " searches found something")
  end)

  it("of a map is what was asked for lately", function()
    local map = recent.new(3)
    map:set("a", 1)
    for n = 1, 20 do
      map:set(n, true)
      assert.equal(1, map:get "a")
    end
    assert.is_nil(map:get(10))
    assert.is_true(#map:values() <= 6)
    map:set("a", nil)
    assert.is_nil(map:get "a")
  end)
end)
