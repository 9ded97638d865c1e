/* What else happens to a pool, each as a thread of its own. */

/* Opens connections for vacant slots: growth, and the end of a check. */
proctype Opener() {
    byte next;
end:
    do
    :: atomic { phase == running && OPEN < limit && !locked -> locked = true };
        k = 0;
        do
        :: atomic { k < SLOTS && record[k] == vacant -> assert(loanOf[k] == NOBODY); record[k] = kept; break }
        :: else -> k++
        od;
        settle();
        unlock()
    od
}

/* Idle eviction and keep-alive claim a connection; the end of its lifetime recalls it. */
proctype Evictor() {
    byte next, rounds, victim;
    do
    :: rounds < EVICTIONS ->
        rounds++;
        lock();
        if
        :: victim = 0
        :: victim = SLOTS - 1
        fi;
        done = false;
        if
        :: phase == running && record[victim] == delegated ->
            step_claim_look(victim);
            if
            :: STATE(seen) == IDLE -> step_claim_take(victim)
            :: else
            fi
        :: phase == running && record[victim] == delegated -> recall(victim)
        :: else
        fi;
        if
        :: phase == running && record[victim] == kept -> assert(loanOf[victim] == NOBODY); record[victim] = vacant
        :: else
        fi;
        settle();
        unlock()
    :: else -> break
    od
}

/* Cancels one borrower's wait, wherever that is. */
proctype Canceller(byte b) {
    byte next;
    lock();
    isCancelled[b] = true;
    if
    :: atomic { isQueued[b] -> waiters??eval(b); isQueued[b] = false; told[b] = cancellation }
    :: else
    fi;
    settle();
    unlock()
}

/* Another max, a smaller one. */
proctype Resizer() {
    byte next;
    lock();
    limit = 1;
    if
    :: phase == running ->
        recall_delegated();
        k = 0;
        do
        :: atomic { k < SLOTS && record[k] == kept && OPEN > limit -> record[k] = vacant; k++ }
        :: atomic { k < SLOTS && !(record[k] == kept && OPEN > limit) -> k++ }
        :: k == SLOTS -> break
        od
    :: else
    fi;
    settle();
    unlock()
}

proctype Suspender() {
    byte next;
    lock();
    if
    :: phase == running -> suspended = true; recall_delegated()
    :: else
    fi;
    unlock();
    lock();
    suspended = false;
#ifndef WEAK_RESUME_DOES_NOT_SERVE
    settle();
#endif
    unlock()
}

inline close_kept_and(alsoLeased) {
    k = 0;
    do
    :: atomic { k < SLOTS && record[k] == kept -> assert(loanOf[k] == NOBODY); record[k] = vacant; k++ }
    :: atomic { k < SLOTS && alsoLeased && record[k] == leased } -> step_revoke(k); k++
    :: atomic { k < SLOTS && record[k] != kept && !(alsoLeased && record[k] == leased) -> k++ }
    :: k == SLOTS -> break
    od;
    k = 0
}

/* With patience: until the last loan has come back. Or else its deadline passes, and loans are taken away. */
proctype Shutdown() {
    byte next;
    lock();
    phase = ending;
    suspended = false;
    do
    :: atomic { WAITS -> waiters?next; isQueued[next] = false; told[next] = refused; next = 0 }
    :: !WAITS -> break
    od;
#ifndef WEAK_SHUTDOWN_DOES_NOT_RECALL
    recall_delegated();
#endif
    close_kept_and(false);
    unlock();
    if
    :: true -> /* the deadline is far */
        atomic { OPEN == 0 && !locked -> locked = true }
    :: true ->
        lock();
        close_kept_and(true)
    fi;
    phase = ended;
    assert(OPEN == 0);
    unlock()
}
