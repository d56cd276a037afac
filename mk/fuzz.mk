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
FUZZ_LIBRARY := $(if $(filter fuzz,$(FLAVOUR)),$(LIBRARY),$(TESTED))
FUZZ ?=

fuzz: ## look for input that breaks a reader; FUZZ_SECONDS=60 each, FUZZ=NAMES
	@mk/deps build run fuzz
	@$(MAKE) --no-print-directory -j2 FLAVOUR=fuzz fuzzers
	@tests/fuzz/run $(FUZZ)

fuzzers: $(FUZZERS)

ifneq ($(filter asan mutate,$(FLAVOUR)),)
tests: $(FUZZERS)
endif

$(OUT)/fuzz/%: $(OUT)/tests/fuzz/%.o $(FUZZ_BESIDE:%.c=$(OUT)/%.o) \
    $(FUZZ_LIBRARY)
	@mkdir -p $(@D)
	@echo "  LD    $@"
	@$(CC) $(ALL_LDFLAGS) $(TEST_LDFLAGS) $(FUZZ_ENGINE) -o $@ \
	    $(filter %.o,$^) $(FUZZ_LIBRARY) $(ALL_LIBS)

.PHONY: fuzz fuzzers
