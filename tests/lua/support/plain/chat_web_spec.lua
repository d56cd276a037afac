-- engine/cli/chat_web.lua: the file of `usher chat --web`, and its edits.
package.preload["usher.web"] = package.preload["usher.web"] or assert(loadfile "engine/lua/web.lua")
local open_web = assert(loadfile "engine/cli/chat_web.lua")()

describe("a file of answers", function()
  local path = os.tmpname()
  local function save(text)
    local file = assert(io.open(path, "w"))
    file:write(text)
    file:close()
  end
  local function answer(n)
    return ('web.answers("GET https://a.example/", { body = "%d" })'):format(n)
  end
  local function said(web) return web.find("GET", "https://a.example/", "").body end
  teardown(function() os.remove(path) end)

  it("counts from the next look on, and stays while an edit is broken", function()
    save(answer(1))
    local web = open_web(path)
    assert.equal("1", said(web))
    assert.is_nil(web.look())
    save(answer(2))
    assert.equal("1", said(web))
    assert.truthy(web.look():find("was edited", 1, true))
    assert.equal("2", said(web))
    assert.is_nil(web.look())
    save "web.answers("
    assert.truthy(web.look():find("the answers of before stay", 1, true))
    assert.equal("2", said(web))
    assert.is_nil(web.look())
    os.remove(path)
    assert.truthy(web.look():find("the answers of before stay", 1, true))
    assert.equal("2", said(web))
    save(answer(3))
    assert.truthy(web.look():find("was edited", 1, true))
    assert.equal("3", said(web))
  end)

  it("that is wrong is no start", function()
    save "nonsense("
    assert.has_error(function() open_web(path) end)
    assert.has_error(function() open_web(path .. "/nowhere") end)
  end)
end)
