-- spec/parse/calendar_spec.lua - dates, by counting them one by one.
local calendar = require "parse.calendar"

local LENGTHS = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }

local function length(year, month)
  local leaps = year % 400 == 0 or year % 4 == 0 and year % 100 ~= 0
  return LENGTHS[month] + (month == 2 and leaps and 1 or 0)
end

local function shown(days) return ("%d-%02d-%02d"):format(calendar.date(days)) end

describe("the calendar", function()
  it("counts each day from 1896 to 2104", function()
    -- 1896 began 27,028 days before 1970, on a Wednesday.
    local days, weekday = -27028, 3
    for year = 1896, 2104 do
      for month = 1, 12 do
        assert.equal(length(year, month), calendar.month_length(year, month))
        assert.is_false(calendar.exists(year, month, 0))
        assert.is_false(calendar.exists(year, month, length(year, month) + 1))
        for day = 1, length(year, month) do
          if days ~= calendar.days(year, month, day) or weekday ~= calendar.weekday(days)
            or shown(days) ~= ("%d-%02d-%02d"):format(year, month, day)
            or not calendar.exists(year, month, day) then
            error(("%d-%02d-%02d is taken for %s"):format(year, month, day, shown(days)))
          end
          days, weekday = days + 1, weekday % 7 + 1
        end
      end
    end
    assert.is_false(calendar.exists(2025, 0, 1))
    assert.is_false(calendar.exists(2025, 13, 1))
  end)

  it("goes months on to the same day, or the last of the month", function()
    for first = calendar.days(2023, 1, 1), calendar.days(2025, 1, 1) do
      local year, month, day = calendar.date(first)
      for months = -25, 25 do
        local at = year * 12 + month - 1 + months
        local want = ("%d-%02d-%02d"):format(at // 12, at % 12 + 1,
          math.min(day, length(at // 12, at % 12 + 1)))
        local got = shown(calendar.add_months(first, months))
        if got ~= want then error(("%s and %d months: %s"):format(shown(first), months, got)) end
      end
    end
  end)

  it("finds the n-th of a weekday, from both ends", function()
    for at = 2024 * 12, 2026 * 12 do
      local year, month = at // 12, at % 12 + 1
      for weekday = 1, 7 do
        local all = {}
        for day = 1, length(year, month) do
          local days = calendar.days(year, month, day)
          if calendar.weekday(days) == weekday then all[#all + 1] = days end
        end
        for n = 1, 6 do assert.equal(all[n], calendar.nth_weekday(year, month, n, weekday)) end
        assert.equal(all[#all], calendar.nth_weekday(year, month, -1, weekday))
      end
    end
  end)

  -- As they were, or will be, kept.
  for name, dates in pairs {
    easter = { "2024-03-31", "2025-04-20", "2026-04-05", "2038-04-25", "2285-03-22" },
    ["good friday"] = { "2024-03-29", "2025-04-18" }, ["easter monday"] = { "2024-04-01" },
    ["pancake day"] = { "2024-02-13", "2025-03-04" },
    thanksgiving = { "2024-11-28", "2025-11-27" }, ["black friday"] = { "2024-11-29" },
    ["cyber monday"] = { "2024-12-02", "2025-12-01" },
    ["labor day"] = { "2025-09-01", "2024-09-02" },
    ["memorial day"] = { "2025-05-26", "2024-05-27" }, ["mlk day"] = { "2025-01-20", "2024-01-15" },
    ["presidents day"] = { "2025-02-17", "2024-02-19" }, ["columbus day"] = { "2025-10-13" },
    ["mother's day"] = { "2025-05-11", "2024-05-12" }, ["father's day"] = { "2025-06-15" },
    christmas = { "2025-12-25" }, ["new year"] = { "2025-01-01" }, halloween = { "2025-10-31" },
    ["valentine's day"] = { "2025-02-14" }, ["st patrick's day"] = { "2025-03-17" },
    ["independence day"] = { "2025-07-04" }, ["veterans day"] = { "2025-11-11" },
    ["boxing day"] = { "2025-12-26" }, juneteenth = { "2025-06-19" },
    ["april fools"] = { "2025-04-01" }, ["anzac day"] = { "2025-04-25" },
    ["australia day"] = { "2025-01-26" }, ["canada day"] = { "2025-07-01" },
    ["remembrance day"] = { "2025-11-11" }, ["bonfire night"] = { "2025-11-05" },
  } do
    it("knows " .. name, function()
      for _, date in ipairs(dates) do
        assert.equal(date, shown(calendar.holiday(name, tonumber(date:match "^%d+"))))
      end
    end)
  end
end)
