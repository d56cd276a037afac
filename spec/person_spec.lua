-- spec/person_spec.lua - who the visitor is.
local person = require "person"

describe("person", function()
  for given, name in pairs { ["Asha Rao"] = "Asha Rao", [" Bo "] = "Bo", ["Visitor 48213"] = false,
      ["visitor"] = false, ["Guest 7"] = false, [""] = false, ["Guestav Holm"] = "Guestav Holm" } do
    it(("reads the name %q"):format(given), function()
      assert.equal(name or nil, (person.name { name = given }))
    end)
  end

  for given, email in pairs { ["a@b.co"] = "a@b.co", [" a@b.co "] = "a@b.co", ["a@b"] = false,
      ["a b@c.de"] = false, [""] = false, ["a@b.co,c@d.ef"] = false } do
    it(("reads the address %q"):format(given), function()
      assert.equal(email or nil, (person.email { email = given }))
    end)
  end

  it("cuts between characters", function()
    assert.equal("aé", (person.cut("aéé", 4)))
    assert.equal("aéé", (person.cut("aéé", 5)))
  end)

  it("splits first and last name", function()
    assert.same({ "Asha Devi", "Rao" }, { person.names "Asha Devi Rao" })
    assert.same({ nil, "Rao" }, { person.names "Rao" })
  end)
end)
