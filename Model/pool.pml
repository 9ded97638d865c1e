/*
 * The protocol of one pool's slots: Sources/PoolingCore/Engine/FastPath/SlotTable.swift (borrowers, without the lock),
 * SlotTable+Machine.swift (the state machine, under the lock), and as much of the machine as decides when it uses
 * them. README.md says what is checked, what is left out, and how to read a violation.
 *
 * Every inline whose name begins with step_ is one access of the code to a slot's word, and the code's comments name
 * it. Between two of them anything may happen that another thread can do.
 *
 * WEAK_... switches take one defence out each; scripts/model.sh demands that a violation is found for every one.
 */

#include "state.pml"
#include "fastpath.pml"
#include "slots-machine.pml"
#include "machine.pml"
#include "borrower.pml"
#include "others.pml"

init {
    byte b;
    atomic {
        b = 0;
        do
        :: b < SLOTS ->
#ifdef EMPTY
            record[b] = vacant; word[b] = WORD(0, OWNED);
#else
            record[b] = delegated; word[b] = WORD(0, IDLE);
#endif
            b++
        :: else -> break
        od;
        b = 0;
        do
        :: b < BORROWERS -> told[b] = nothing; run Borrower(b); b++
        :: else -> break
        od;
#ifdef WEAK_SHARED_TOKEN
        run Copy(0);
#endif
#ifdef CANCELS
        run Canceller(BORROWERS - 1);
#endif
#if EVICTIONS > 0
        run Evictor();
#endif
#ifdef RESIZES
        run Resizer();
#endif
#ifdef SUSPENDS
        run Suspender();
#endif
#ifdef SHUTS_DOWN
        run Shutdown();
#endif
        run Opener()
    }
}
