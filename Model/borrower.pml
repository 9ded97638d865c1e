/* A thread that borrows and gives back: Pool+FastPath.swift and PoolCore+Acquire.swift. */

/* checkin, or else release, with the token of the present or of an earlier loan. */
inline give_back(s, isBroken) {
    isBack = false;
    if
    :: !isBroken ->
        step_checkin_look(s);
        if
        :: IS_MINE(w) && STATE(w) == LENT ->
#ifdef OWNERS
#ifndef WEAK_OWNER_STAYS
            step_owner_clear(s);
#endif
#endif
            step_checkin_give(s)
        :: else -> w = 0
        fi
    :: else
    fi;
    if
#ifdef WEAK_RETURNER_DOES_NOT_LOOK
    :: true
#else
    :: isBack
#endif
    :: !isBack ->
        lock();
        step_takeback_look(s);
        if
#ifdef WEAK_TAKEBACK_IGNORES_STATE
        :: IS_MINE(seen) ->
#else
        :: IS_MINE(seen) && (STATE(seen) == LENT || STATE(seen) == LENT_BY_POOL) ->
#endif
#ifdef OWNERS
            step_owner_clear(s);
#endif
            step_takeback_put(s);
            released(s, isBroken);
            settle()
        :: else
        fi;
        unlock()
    fi;
    isBack = false
}

proctype Borrower(byte me) {
    byte w, round, probe, next;
    bool isBack;
again:
    /* checkout: from the thread's own slot on; one that another thread had last, or that has to be proved first, is passed
       over */
    probe = 0;
    do
    :: probe < SLOTS && told[me] != granted ->
        step_checkout_look((me + probe) % SLOTS);
        if
        :: STATE(w) == IDLE -> step_checkout_take((me + probe) % SLOTS)
        :: STATE(w) == IDLE -> w = 0
        :: else -> w = 0
        fi;
        probe++
    :: else -> break
    od;
    probe = 0;
    if
    :: told[me] == granted ->
#ifdef OWNERS
        step_owner_write(tokenSlot[me]);
#endif
        goto lent
    :: else
    fi;

    /* acquire, twice as the code does: what is there at once, and then by waiting */
#ifdef TWO_TRIES
    lock();
    if
    :: phase == running && !suspended && !WAITS ->
        take_fresh();
        if
        :: k < SLOTS -> step_lend(k, me)
        :: else
        fi
    :: else
    fi;
    unlock();
    if
    :: told[me] == granted -> goto lent
    :: else
    fi;
#endif
    lock();
    if
    :: isCancelled[me] -> told[me] = cancellation
    :: !isCancelled[me] && phase != running -> told[me] = refused
    :: else ->
        k = SLOTS;
        if
        :: !suspended && !WAITS -> take_fresh()
        :: else
        fi;
        if
        :: k < SLOTS -> step_lend(k, me)
        :: else ->
#ifdef WEAK_RECALLS_BEFORE_IT_WAITS
            if
            :: phase == running && !suspended -> recall_delegated(); delegate_idle()
            :: else
            fi;
            unlock();
            lock();
#endif
#ifdef WEAK_DELEGATES_FIRST
            recall_delegated();
#endif
            waiters!me; isQueued[me] = true; settle()
        fi
    fi;
    unlock();
waiting:
    told[me] != nothing;
    if
    :: told[me] != granted -> goto over
    :: else
    fi;
    if
    :: isCancelled[me] -> /* served and cancelled at once: the next one takes it */
        told[me] = nothing;
#ifndef WEAK_CANCELLED_KEEPS
        lock();
        step_takeback_look(tokenSlot[me]);
        if
        :: IS_MINE(seen) && (STATE(seen) == LENT || STATE(seen) == LENT_BY_POOL) ->
            step_takeback_put(tokenSlot[me]);
            released(tokenSlot[me], false);
            settle()
        :: else
        fi;
        unlock();
#endif
        goto over
    :: else
    fi;
lent:
    told[me] = nothing;
#ifdef BREAKS
    if
    :: give_back(tokenSlot[me], false)
    :: give_back(tokenSlot[me], true)
    fi;
#else
    give_back(tokenSlot[me], false);
#endif
#ifdef STALE
    /* The same token once more, by either way, whenever that may be. end_loan() does not let it pass. */
    if
    :: give_back(tokenSlot[me], false)
    :: give_back(tokenSlot[me], true)
    :: skip
    fi;
#endif
    round++;
    if
    :: round < ROUNDS -> goto again
    :: else
    fi;
over:
    skip
}

#ifdef WEAK_SHARED_TOKEN
/* The token of a loan in two hands at once, which the types rule out: a lease can't be copied, and a shared one is taken
   out of its class under a lock. */
proctype Copy(byte me) {
    byte w, next;
    bool isBack;
    tokenLoans[me] > 0;
    give_back(tokenSlot[me], true)
}
#endif
