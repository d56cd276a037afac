/* engine/script/advice.c - Lua's messages, and what they mostly mean. */
#include "script/advice.h"

#include <stddef.h>
#include <string.h>

/* The first that fits wins: the message has `message`, and the line has `line`
 * (NULL: whatever it is). */
static const struct {
    const char *message;
    const char *line;
    const char *advice;
} rules[] = {
    {"expected near '='", "if ", "to compare, write == ; a single = sets"},
    {"expected near '='", "while ", "to compare, write == ; a single = sets"},
    {"expected near '='", "elseif ", "to compare, write == ; a single = sets"},
    {"near '='", "===", "to compare, write == in Lua"},
    {"near '!'", NULL, "not equal is written ~= in Lua, and not is a word"},
    {"near '&'", "&&", "write the word `and` for &&"},
    {"near '|'", "||", "write the word `or` for ||"},
    {"near '+'", "+=", "Lua has no += : write x = x + 1"},
    {"near '+'", "++", "Lua has no ++ : write x = x + 1"},
    {"near '-'", "-=", "Lua has no -= : write x = x - 1"},
    {"near '{'", "function",
     "a function's body ends with `end`; Lua has no "
     "braces around it"},
    {"near '>'", "<>", "not equal is written ~= in Lua"},
    {"near '?'", NULL,
     "Lua has no ? : ; write  condition and one or other, or an if"},
    {"near '/'", "/*",
     "a comment begins with -- in Lua, a long one is "
     "--[[ ... ]]"},
    {"near '//'", NULL, "a comment begins with -- in Lua"},
    {"near '#'", NULL, "a comment begins with -- in Lua; #list is a length"},
    {"near '`'", NULL,
     "a text stands in \" \" or ' ', over several lines in [[ ]]"},
    {"near '..'", NULL,
     "a text that is put together stands in brackets: chat:say(\"Hello \" .. "
     "name)"},
    {"near '<\\", NULL,
     "such a sign stands inside of quotes only, and quotes are the plain ones: "
     "\" or '"},
    {"syntax error near", "elif", "the word is `elseif`"},
    {"syntax error near", "elsif", "the word is `elseif`"},
    {"syntax error near", "let ", "a variable is made with `local`"},
    {"syntax error near", "var ", "a variable is made with `local`"},
    {"syntax error near", "const ", "a variable is made with `local`"},
    {"expected for this `else if`", NULL,
     "write `elseif`, in one word: `else if` needs one `end` more"},
    {"'end' expected for this `", NULL,
     "an `end` is missing for what this line opens"},
    {"syntax error near", "continue",
     "Lua has no `continue`: put what follows into an `if`"},
    {"<name> expected near '('", "function",
     "a function without a name is a value: return function(chat) ... end"},
    {"'(' expected", "function",
     "the arguments of a function stand in brackets: function(chat)"},
    {"<name> expected", NULL,
     "a name is missing here, or this is a word of Lua's own: t[\"end\"]"},
    {"unfinished long comment", NULL, "a ]] is missing at the comment's end"},
    {"invalid escape sequence", NULL,
     "a backslash is written \\\\ in a text; patterns have % in its place: %d"},
    {"malformed number", NULL,
     "no name begins with a digit; a text stands in quotes"},
    {"'then' expected", NULL, "write `then` behind the condition of `if`"},
    {"'do' expected", NULL, "write `do` behind the head of `for` and `while`"},
    {"unfinished string", NULL,
     "a quote is missing at the end of the text; a text over several lines "
     "stands in [[ ... ]]"},
    {"unfinished long string", NULL, "a ]] is missing at the text's end"},
    {"'end' expected", NULL,
     "nothing may stand behind `return` in its block; or an `end` is missing "
     "above"},
    {"<eof> expected", NULL,
     "nothing may stand behind the file's last `return`; is there one `end` "
     "too many?"},
    {"'}' expected", NULL,
     "a comma is missing between two entries of the table, or the } at its "
     "end"},
    {"')' expected", NULL,
     "a comma is missing between two arguments, or the ) at their end"},
    {"']' expected", NULL, "a ] is missing"},
    {"function arguments expected", NULL,
     "what stands behind a colon is called: chat:say(\"...\"); for a value "
     "write a dot"},
    {"syntax error near", NULL,
     "this is no whole statement; a call is written name(...), a method "
     "chat:say(\"...\"), a value is set with ="},
    {"unexpected symbol near", NULL,
     "a value is missing before this sign, or there is one sign too many"},
    {"attempt to compare", NULL,
     "both sides must be numbers, or both texts; tonumber(text) makes a number "
     "of a text"},
    {"attempt to concatenate a nil", NULL,
     "it has no value here; (name or \"\") puts nothing in its place"},
    {"attempt to add a 'string'", NULL,
     "texts are put together with .. : \"Hello \" .. name"},
    {"attempt to concatenate a table", NULL,
     "a table is no text; name the entry that is meant"},
    {"attempt to perform arithmetic on a nil", NULL,
     "it has no value here; look where it should get one"},
    {"attempt to call a nil value", NULL,
     "nothing has this name here: is it misspelt, or local to another "
     "function?"},
    {"attempt to call a table", NULL,
     "this is a table; name the function in it: table.name(...)"},
    {"attempt to index a nil value", NULL,
     "what stands before the dot has no value here; chat:ask and http calls "
     "give nil when nothing came"},
    {"calls itself again and again", NULL,
     "it needs a case in which it does not"},
    {"stack overflow", NULL,
     "a function calls itself again and again; it needs a case in which it "
     "does not"},
    {"attempt to index a", NULL,
     "only a table has fields, and what stands before the dot is none"},
    {"table expected, got nil", NULL, "the table has no value here"},
    {"while a file loads", NULL,
     "a file is loaded once, for all visitors; effects belong into the flow's "
     "function"},
};

const char *usher_advice(const char *message, const char *line)
{
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (strstr(message, rules[i].message) &&
            (!rules[i].line || strstr(line, rules[i].line)))
            return rules[i].advice;
    }
    return "";
}
