-- spec/parse/phone_stored_spec.lua - numbers as they stand in other records.
local stored = require "parse.phone_stored"
local countries = require "parse.countries"

describe("a stored number", function()
  for _, case in ipairs {
    { "+91 98765-43210", "+919876543210", "with its code" },
    { "tel:0091-98765-43210", "+919876543210", "with its code" },
    { "919876543210", "+919876543210", "with its code" },
    { "(098765) 43210", "+919876543210", "without" },
    { "\u{0969}\u{0968}\u{0967}", "+919876543210", "another" },
    { "98765 43210 ext. 12", "+919876543210", "without", "12" },
    { "+44 (0)20 7946 0958 x7", "+442079460958", "with its code", "7" },
    { "030 1234567 / 0171 2345678", "+491712345678", "without" },
    { "98765 43211", "+919876543210", "another" },
    { "+1 98765 43210", "+919876543210", "another" },
    { "", "+919876543210", "another" },
    { "415 555 2671", "4155552671", "with its code" },
    { "+1 415 555 2671", "4155552671", "with its code" },
    { "555 2671", "4155552671", "another" },
    { "030/1234567 / 0171/2345678", "+491712345678", "without" },
    { "Berlin 030/1234567, mobile +49 171/2345678 x5", "+491712345678", "with its code" },
    { "123456 / 234567", "+298234567", "without" },
    -- what follows an area is no number of its own, nor is an extension
    { "030/1234567", "+2201234567", "another" },
    { "+49 33701/12345", "+68212345", "another" },
    { "0049 89 / 43210000", "+37143210000", "another" },
    { "(0400)/494 309 061", "+494309061", "another" },
    { "+1 415 555 2671 ext. 123456", "+298123456", "another" },
    { "+1 415 555 2671 x54321 / 030 1234567", "+68254321", "another" },
    -- of whom a number with 00 is, its length tells
    { "001 656 123 4567", "+6561234567", "another" },
    { "00244 247 788 878", "+44247788878", "another" },
    { "001 44 20 7946 0958", "+442079460958", "with its code" },
  } do
    it(("'%s' is %s of %s"):format(case[1], case[3], case[2]), function()
      local same = stored.same(case[1], case[2])
      if case[3] == "another" then return assert.is_nil(same) end
      assert.equal(case[3] == "without", same.national or false)
      assert.equal(case[4], same.ext)
    end)
  end

  it("without a code is none of the visitor's where its record is of another country", function()
    assert.is_nil(stored.same("98765 43210", "+919876543210", "US"))
    assert.truthy(stored.same("98765 43210", "+919876543210", "IN"))
    assert.truthy(stored.same("+91 98765 43210", "+919876543210", "US"))
    assert.truthy(stored.same("(204) 555-0123", "+12045550123", "CA"))
    -- a whole number there, though it begins with a country's code
    assert.is_nil(stored.same("395 865 81", "+39586581", "BW"))
    assert.truthy(stored.same("39 06 1234 5678", "+390612345678", "BW"))
  end)

  it("is searched for in at most thirty ways, with nothing in them that Desk forbids", function()
    for _, country in pairs(countries.regions) do
      local terms = stored.terms("+" .. country.code .. ("2756384627563846"):sub(1, country.most))
      assert.is_true(#terms <= 30)
      for _, term in ipairs(terms) do assert.matches("^[%d+*. -]+$", term) end
      assert.is_true(#table.concat(terms, ",") <= 1000)
    end
  end)
end)
