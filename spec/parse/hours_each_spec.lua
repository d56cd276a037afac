-- spec/parse/hours_each_spec.lua - opening hours, minute by minute and day by day.
local support = require "spec.parse.support"
local calendar = require "parse.calendar"
local hours = require "parse.hours"

local DAYS = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" }
local QUARTER = 900

local function open_days(open)
  local list = {}
  for day = 1, 7 do list[day] = open[day] and DAYS[day] or "-" end
  return table.concat(list, " ")
end

-- Whether a moment is open, by the words that its clock shows.
local function is_open(spans, at, zone)
  local f = support.clock.fields(at, zone)
  local shown = ("%02d:%02d"):format(f.hour, f.min)
  for _, span in ipairs(spans[DAYS[f.wday]] or {}) do
    if shown >= span[1] and shown < span[2] then return true end
  end
  return false
end

local function first_open(spans, from, to, zone)
  for at = from, to - 1, QUARTER do if is_open(spans, at, zone) then return at end end
end

describe("opening hours", function()
  it("name each day and each stretch of days", function()
    for first = 1, 7 do
      for last = 1, 7 do
        local wanted, day = {}, first
        for i = 1, 7 do wanted[i] = "-" end
        wanted[day] = DAYS[day]
        while day ~= last do
          day = day % 7 + 1
          wanted[day] = DAYS[day]
        end
        for _, till in ipairs { "-", " to ", "\226\128\147", " - " } do
          local text = DAYS[first] .. till .. DAYS[last] .. " 9" .. till .. "10:30"
          local open = assert(hours.read(text), text)
          assert.equal(table.concat(wanted, " "), open_days(open))
          assert.same({ { 540, 630 } }, open[first])
        end
      end
    end
  end)

  it("take several days, spans and lines", function()
    for _, text in ipairs { "Mon, Wed 9-10, 11-12; Sunday 13:05-24:00", "mon,wed 9-10,11-12\nsun "
      .. "13:05-24", " Mon ,Wed  9:00 - 10:00 , 11-12 ; SUN 13:05-24 ; " } do
      local open = assert(hours.read(text), text)
      assert.equal("Mon - Wed - - - Sun", open_days(open))
      assert.same({ { 540, 600 }, { 660, 720 } }, open[1])
      assert.same(open[1], open[3])
      assert.same({ { 785, 1440 } }, open[7])
    end
    for _, text in ipairs { "Mon 9-10 x", "Mon 9-10;;", "Mon 9-9", "Mon 23-24:01", "Mon 9-10 24/7",
      "24/7 Mon 9-10" } do
      assert.is_nil(hours.read(text), text)
    end
  end)

  -- Clocks of New York went on by an hour on Sunday the 9th, those of Chatham are at 45 minutes.
  for _, zone in ipairs { "America/New_York", "Pacific/Chatham" } do
    local spans = { Mon = { { "09:00", "12:00" }, { "13:00", "18:00" } },
      Thu = { { "00:00", "24:00" } }, Fri = { { "00:00", "00:15" } },
      Sun = { { "04:00", "05:30" }, { "22:15", "24:00" } } }
    local open = hours.read("Mon 9-12, 13-18; Thu 0-24; Fri 0-0:15; Sun 4-5:30, 22:15-24")

    it("tell of each quarter of ten days whether it is open, and which is next: " .. zone,
      function()
      for at = support.NOW, support.NOW + 10 * 86400, QUARTER do
        local wanted = is_open(spans, at, zone)
        if hours.is_open(open, at, zone) ~= wanted
          or hours.next(open, at, zone) ~= first_open(spans, at, at + 8 * 86400, zone) then
          error(support.shown(at, zone))
        end
      end
    end)

    it("find the best moment of a stretch: " .. zone, function()
      local from = support.NOW
      for till = QUARTER, 5 * 86400, 27 * QUARTER do
        for ahead = 0, till - 1, 11 * QUARTER do
          local to, at = from + till, from + ahead
          assert.equal(first_open(spans, at, to, zone) or first_open(spans, from, to, zone),
            hours.best(open, from, to, at, zone))
        end
      end
    end)
  end

  it("reach into the next day", function()
    local open = hours.read "Tue 9-10; Wed 0-1"
    local tuesday = calendar.days(2025, 3, 4)
    for day = -1, 1 do
      for minute = 0, 2879, 15 do
        local of_week = (day + minute // 1440) * 1440 + minute % 1440
        local wanted = of_week >= 540 and of_week < 600 or of_week >= 1440 and of_week < 1500
        assert.equal(wanted, hours.open_at(open, tuesday + day, minute))
      end
    end
  end)

  it("are never open, or just once a week", function()
    assert.is_nil(hours.next({}, support.NOW, "UTC"))
    local wednesday = hours.read "Wed 9-10" -- it is Wednesday, 15:15
    assert.equal("2025-03-12 09:00", support.shown(hours.next(wednesday, support.NOW, "UTC"),
      "UTC"))
  end)
end)
