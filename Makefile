# usher - build, run, test, install. `make help` lists the targets.
#
# FLAVOUR=release|asan|tsan|fuzz|mutate, CC=gcc|clang, BUILD=folder for what is made,
# PREFIX and DESTDIR for install.
SHELL := /bin/sh
.DEFAULT_GOAL := build
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

FLAVOUR ?= release
# Two compilers warn, and what each makes is run.
ifeq ($(origin CC),default)
CC := $(if $(filter tsan fuzz,$(FLAVOUR)),clang,gcc)
endif
BUILD   ?= build
PREFIX  ?= /usr/local
OUT     := $(BUILD)/$(FLAVOUR)
VERSION := $(shell sed -n 's/.*define USHER_VERSION "\(.*\)".*/\1/p' \
             include/usher.h 2>/dev/null)

# ---- what is compiled ------------------------------------------------------

SOURCES   := $(filter-out engine/main.c,\
               $(sort $(shell find engine -name '*.c' 2>/dev/null)))
MAIN      := $(wildcard engine/main.c)
TESTS     := $(sort $(wildcard tests/unit/*_test.c))
TEST_HELP := $(filter-out $(TESTS),$(sort $(wildcard tests/unit/*.c)))
OBJECTS   := $(SOURCES:%.c=$(OUT)/%.o) $(OUT)/embedded_table.o
# What the test programs share: the library and what tests have beside it. They
# link against it in an eighth of the time, and not again when it changes.
TESTED    := $(OUT)/libtested.so
# make mutate changes one file of it at a time: there all share it.
LIBRARY   := $(if $(filter mutate,$(FLAVOUR)),$(TESTED),$(OUT)/libusher.a)
PROGRAM   := $(if $(MAIN),$(OUT)/usher)
UNITS     := $(TESTS:tests/unit/%.c=$(OUT)/unit/%)

# Lua files that live in the binary, by their path in the repository; lpeg's
# re.lua comes from Debian.
LUA_FILES := $(sort $(shell find engine/lua engine/simulator engine/cli flows \
               include/lua -name '*.lua' 2>/dev/null))
RE_LUA    ?= $(firstword $(wildcard /usr/share/lua/5.4/re.lua \
               /usr/local/share/lua/5.4/re.lua))

# ---- how -------------------------------------------------------------------

PACKAGES := lua5.4 lua5.4-cjson lua5.4-lpeg libmicrohttpd libcurl sqlite3 \
            libcrypto glib-2.0 jansson
# pkg-config is asked once, and only by goals that compile. Its folders count
# as system folders: their headers need not pass our warnings.
PKG_CFLAGS = $(eval PKG_CFLAGS := $(patsubst -I%,-isystem %,\
               $(shell pkg-config --cflags $(PACKAGES))))$(PKG_CFLAGS)
PKG_LIBS   = $(eval PKG_LIBS := $(shell pkg-config --libs $(PACKAGES)))$(PKG_LIBS)

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion \
            -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wundef -Werror
CFLAGS_release := -O2 -D_FORTIFY_SOURCE=2
# gcc sees setjmp clobber what the sanitizers added.
NO_CLOBBERED   := $(if $(findstring clang,$(CC)),,-Wno-clobbered)
# -g1 has the lines that a sanitizer's report shows: so many programs link in
# less time.
CFLAGS_asan    := -O1 -g1 -fsanitize=address,undefined $(NO_CLOBBERED) \
                  -fno-sanitize-recover=undefined -DUSHER_FAULTS
CFLAGS_tsan    := -O0 -g1 -fsanitize=thread
CFLAGS_coverage := -O0 --coverage
# Noting what runs costs time, of which a turn has a bound (script.c); a bug
# that lets a test hang is to be found soon (patience.h).
CFLAGS_mutate  := -O1 -finstrument-functions -DUSHER_FAULTS -DSLOWER=10 \
                  -DCASE_MS_MAX=20000
CFLAGS_fuzz    := -O1 -fsanitize=fuzzer-no-link,address,undefined \
                  -fno-sanitize-recover=undefined
ifeq ($(CFLAGS_$(FLAVOUR)),)
$(error FLAVOUR=$(FLAVOUR) is not known: release, asan, tsan, fuzz, coverage or mutate)
endif

ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -g -fPIC -fno-semantic-interposition \
             -fstack-protector-strong -fno-omit-frame-pointer \
             -ffile-prefix-map=$(CURDIR)=. -pthread \
             $(CFLAGS_$(FLAVOUR)) $(WARNINGS) -Iengine -Iinclude \
             $(PKG_CFLAGS) $(CFLAGS)
ALL_LDFLAGS = -pie -pthread -Wl,-z,relro,-z,now -Wl,--as-needed \
              $(CFLAGS_$(FLAVOUR)) $(LDFLAGS)
ALL_LIBS = $(PKG_LIBS) -lm
# tests/unit/fail_alloc.h lets the N-th allocation of the library fail, and
# counts what it has; patience.h bounds each case.
UNIT_LDFLAGS := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc \
                -Wl,--wrap=free,--wrap=strdup,--wrap=strndup \
                -Wl,--wrap=_cmocka_run_group_tests
# Where there is gold, it links these many programs in half the time.
TEST_LDFLAGS := $(if $(shell command -v ld.gold 2>&1),-fuse-ld=gold) \
                -Wl,-rpath,$(abspath $(OUT))

.PHONY: build deps run test torture check format clean install uninstall \
        help tests ready FORCE

# ---- targets ---------------------------------------------------------------

build: $(LIBRARY) $(PROGRAM) ## build ./usher and ./libusher.a (asks nothing)
# Only the ordinary build leaves its results at the top.
ifeq ($(OUT),build/release)
	@cmp -s $(LIBRARY) libusher.a || cp -f $(LIBRARY) libusher.a
ifneq ($(PROGRAM),)
	@cmp -s $(PROGRAM) usher || { rm -f usher && cp $(PROGRAM) usher; }
endif
endif

deps: ## install what building and running needs (apt, sudo when not root)
	@mk/deps build run

run: deps ## install what is missing, build, start the bot with its simulator
	@$(MAKE) --no-print-directory -j2 build
	@./usher serve

test: ## install what is missing, build, run everything a change must pass
	@mk/deps build run test
	@tests/run

torture: ## kill -9 at a thousand system calls, storms of faults: half an hour
	@tests/fault/run

check: ## form only: format, lint, the order of includes
	@tests/run check

tests: $(UNITS) $(TESTED) $(PROGRAM) build/drive # one flavour's test programs

format: ## write the C files as .clang-format says
	@find engine include tests examples -name '*.[ch]' 2>/dev/null | \
	    xargs -r clang-format-14 --style=file -i

clean: ## remove what was built
	rm -rf $(BUILD) usher libusher.a

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' Makefile mk/*.mk | \
	    awk -F'|' '{ printf "make %-10s %s\n", $$1, $$2 }'

include $(sort $(wildcard mk/*.mk))

# ---- rules -----------------------------------------------------------------

# A missing library is said once and in words, before the first compile.
ready:
	@command -v pkg-config >/dev/null || \
	    { echo "usher: pkg-config is missing: run 'make deps'" >&2; exit 1; }
	@pkg-config --exists $(PACKAGES) || { \
	    for name in $(PACKAGES); do \
	        pkg-config --exists $$name || echo "usher: $$name is missing" >&2; \
	    done; echo "usher: run 'make deps'" >&2; exit 1; }
	@[ -n "$(RE_LUA)" ] || \
	    { echo "usher: lpeg's re.lua is missing: run 'make deps'" >&2; exit 1; }

# Files that change only when their contents do: a new flag, a source that
# came or went makes again what depends on it, and nothing else.
define changed
@mkdir -p $(@D)
@printf '%s\n' $(1) | cmp -s - $@ || printf '%s\n' $(1) > $@
endef
$(OUT)/flags: ready FORCE
	$(call changed,'$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(ALL_LIBS)')
$(OUT)/objects: FORCE
	$(call changed,$(OBJECTS))
$(OUT)/embedded.list: FORCE
	$(call changed,$(LUA_FILES) $(RE_LUA))

$(OUT)/%.o: %.c $(OUT)/flags
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Tests know where they stand (__FILE__) from whatever folder they are run. Most
# of their time goes into compiling them, so they are not optimised.
NOT_OPTIMISED := -ffile-prefix-map=% -D_FORTIFY_SOURCE=% -O1 -O2 -g
$(OUT)/tests/%.o: tests/%.c $(OUT)/flags
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(filter-out $(NOT_OPTIMISED),$(ALL_CFLAGS)) -O0 -g1 -MMD -MP -c -o $@ \
	    $(CURDIR)/$<

# ar's q keeps two members of one base name apart, which r would merge.
$(OUT)/libusher.a: $(OBJECTS) $(OUT)/objects
	@echo "  AR    $@"
	@rm -f $@ && ar qcs $@ $(OBJECTS)

$(OUT)/usher: $(OUT)/engine/main.o $(LIBRARY)
	@echo "  LD    $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(LIBRARY) $(ALL_LIBS)

$(TESTED): $(OBJECTS) $(TEST_HELP:%.c=$(OUT)/%.o) $(OUT)/objects
	@echo "  LD    $@"
	@$(CC) -shared -Wl,-soname,$(@F) $(filter-out -pie,$(ALL_LDFLAGS)) \
	    $(UNIT_LDFLAGS) $(TEST_LDFLAGS) -o $@ $(filter %.o,$^) $(ALL_LIBS) -lcmocka

$(OUT)/unit/%: $(OUT)/tests/unit/%.o | $(TESTED)
	@mkdir -p $(@D)
	@echo "  LD    $@"
	@$(CC) $(ALL_LDFLAGS) $(UNIT_LDFLAGS) $(TEST_LDFLAGS) -o $@ $< $(TESTED) \
	    $(ALL_LIBS) -lcmocka

# What the end-to-end tests talk with.
build/drive: tests/e2e/support/drive.c
	@mkdir -p $(@D)
	@echo "  CC    $@"
	@$(CC) -O1 -std=c11 -D_GNU_SOURCE -o $@ $<

# The table of built-in Lua files; the assembler copies their bytes, make
# knows them through the table.
$(OUT)/embedded_table.c: mk/embed $(OUT)/embedded.list $(LUA_FILES) $(RE_LUA)
	@echo "  GEN   $@"
	@mk/embed $(RE_LUA) $(LUA_FILES) > $@
$(OUT)/embedded_table.o: $(OUT)/embedded_table.c $(OUT)/flags
	@echo "  CC    $<"
	@$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

.SECONDARY:
-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
