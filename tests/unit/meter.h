/* tests/unit/meter.h - a module `meter` that shows a flow what the limits of
 * its turn are at, and does what only C can. */
#ifndef TESTS_UNIT_METER_H
#define TESTS_UNIT_METER_H

#include "script/script.h"

/* meter.left() -> instructions left, steps of matching left, the processor's
 * time allowed in ns; meter.hook() -> instructions between two looks;
 * meter.encode(v): as what a task is given; meter.wait(): as an effect that
 * waits; meter.turn(): the next turn of a replay; meter.paused(bytes): makes so
 * much where no limit ends anything; meter.collect();
 * meter.spin(ms): takes so much of the processor's time.
 *
 * meter.effect(): an effect at once; meter.job(): one that waits, whose job is
 * freed at once (meter.freed() -> how many were); meter.mark() -> how often it
 * was called. meter.made() -> the words that the flow made texts, with their
 * lines; meter.place() -> the flow's line, which meter.note() notes. */
extern const struct usher_script_module meter_module;

#endif
