# make fuzz. A fuzzer is a file tests/fuzz/NAME.c with its seeds in
# tests/fuzz/seeds/NAME. With FLAVOUR=fuzz, libFuzzer drives it; with asan,
# tests/fuzz/seeds.c runs its seeds, as a part of make test.

FUZZ_MAIN := tests/fuzz/seeds.c
FUZZ_HELP := tests/fuzz/fuzz.c
FUZZ_SOURCES := $(filter-out $(FUZZ_MAIN) $(FUZZ_HELP),\
                  $(sort $(wildcard tests/fuzz/*.c)))
FUZZERS   := $(FUZZ_SOURCES:tests/fuzz/%.c=$(OUT)/fuzz/%)
# What stands beside each, and what makes it a program.
FUZZ_BESIDE := $(FUZZ_HELP) $(if $(filter-out fuzz,$(FLAVOUR)),$(FUZZ_MAIN))
FUZZ_ENGINE := $(if $(filter fuzz,$(FLAVOUR)),-fsanitize=fuzzer)
FUZZ ?=

fuzz: ## look for input that breaks a reader; FUZZ_SECONDS=60 each, FUZZ=NAMES
	@mk/deps build run fuzz
	@$(MAKE) --no-print-directory -j2 FLAVOUR=fuzz CC=clang fuzzers
	@tests/fuzz/run $(FUZZ)

fuzzers: $(FUZZERS)

ifneq ($(filter asan mutate,$(FLAVOUR)),)
tests: $(FUZZERS)
endif

syntax: $(patsubst %.c,$(OUT)/%.syntax,$(FUZZ_SOURCES) $(FUZZ_HELP) $(FUZZ_MAIN))

$(OUT)/fuzz/%: $(OUT)/tests/fuzz/%.o $(FUZZ_BESIDE:%.c=$(OUT)/%.o) $(LIBRARY)
	@mkdir -p $(@D)
	@echo "  LD    $@"
	@$(CC) $(ALL_LDFLAGS) $(FUZZ_ENGINE) -o $@ $(filter %.o,$^) $(LIBRARY) \
	    $(ALL_LIBS)

.PHONY: fuzz fuzzers
