# What looks deeper than make test, or measures. None of it runs in CI.

tidy: ready ## static analysis of the C files (clang-tidy; some minutes)
	@printf '%s\n' $(SOURCES) $(MAIN) | xargs -P 2 -I{} \
	    clang-tidy --quiet {} -- -std=c11 -D_GNU_SOURCE -Iengine -Iinclude \
	    $(PKG_CFLAGS) 2>/dev/null

coverage: ## which share of each C file's lines the unit tests run
	@$(MAKE) --no-print-directory -j2 FLAVOUR=coverage tests >/dev/null
	@find build/coverage -name '*.gcda' -delete
	@for test in build/coverage/unit/*_test; do \
	    $$test >/dev/null 2>&1 || echo "failed: $$test"; done
	@find build/coverage/engine -name '*.gcda' | xargs gcov -n 2>/dev/null | \
	    awk -F"[':%]" '/^File .engine/ { file = $$2 } /^Lines/ && file { \
	        printf "%6.1f %%  %s\n", $$2, file; file = "" }' | sort -k3

corpus: build ## score the parsers on messages as visitors write them
	@for kind in time phone chat unseen/time unseen/phone unseen/chat; do \
	    echo "$$kind:"; python3 tests/corpus/score.py \
	        tests/corpus/$$kind.jsonl --run './usher parse' \
	        --by policy --fail 100 || exit 1; \
	done

bench: build ## speed and memory beside nginx-lua (wrk; mk/deps bench; 4 minutes)
	@tests/bench/run

mistakes: build build/drive ## write tests/e2e/mistakes.txt anew: read the difference
	@here=$$(mktemp -d) && \
	    ROOT=$(CURDIR) USHER=$(CURDIR)/usher TMPDIR=$$here \
	    USHER_WRITE_MISTAKES=1 tests/e2e/mistakes_test | grep -v '^ok '; \
	    rm -rf $$here; git diff --stat tests/e2e/mistakes.txt

.PHONY: tidy coverage corpus bench mistakes
