/* PoolStateMachine: when it takes which step. The lock is held. */

inline recall(s) {
    done = false;
    do
    :: !done ->
        step_recall_look(s);
        step_recall_take(s)
#ifdef OWNERS
        ;
        /* the code reads the owner after it has marked the word: that of the loan which it found, or nobody's */
        if
        :: atomic { done && record[s] == leased -> assert(owner[s] == NOBODY || loanOf[s] == NOBODY || owner[s] == loanOf[s]) }
        :: else
        fi
#endif
    :: done -> break
    od
}

inline recall_delegated() {
    k = 0;
    do
    :: atomic { k < SLOTS && record[k] == delegated } -> recall(k)
    :: atomic { k < SLOTS && record[k] != delegated -> k++ }
    :: k == SLOTS -> break
    od;
    k = 0
}

/* An idle connection, claimed if need be; `k` is SLOTS if there is none. */
inline take_fresh() {
    k = 0;
    do
    :: atomic { k < SLOTS && record[k] == kept -> break }
    :: atomic { k < SLOTS && record[k] == delegated } ->
        step_claim_look(k);
        if
        :: STATE(seen) == IDLE ->
            done = false;
            step_claim_take(k);
            if
            :: done -> break
            :: else -> k = 0 /* it was lent meanwhile: the next best */
            fi
        :: else -> k++
        fi
    :: atomic { k < SLOTS && record[k] != kept && record[k] != delegated -> k++ }
    :: k == SLOTS -> break
    od
}

inline serve() {
    k = 0;
    do
    :: atomic { k < SLOTS && record[k] == kept && WAITS -> waiters?next; isQueued[next] = false } -> step_lend(k, next); next = 0
    :: atomic { k < SLOTS && !(record[k] == kept && WAITS) -> k++ }
    :: k == SLOTS -> break
    od;
    k = 0
}

inline delegate_idle() {
    k = 0;
    do
    :: atomic { k < SLOTS && record[k] == kept } -> step_delegate(k)
    :: atomic { k < SLOTS && record[k] != kept -> k++ }
    :: k == SLOTS -> break
    od;
    k = 0
}

inline settle() {
    if
    :: phase == running && !suspended ->
#ifdef WEAK_DELEGATES_FIRST
        delegate_idle();
#endif
        if
        :: WAITS ->
#if !defined(WEAK_NO_RECALL) && !defined(WEAK_RECALLS_BEFORE_IT_WAITS) && !defined(WEAK_DELEGATES_FIRST)
            recall_delegated();
#endif
            serve()
        :: else
        fi;
        if
        :: !WAITS -> delegate_idle()
        :: else
        fi
    :: else
    fi
}

/* A returned loan's connection, which is owned again. */
inline released(s, isBroken) {
    if
    :: isBroken || phase != running || OPEN > limit -> record[s] = vacant
    :: else ->
        record[s] = kept;
#ifndef WEAK_DELEGATES_FIRST
        if
        :: atomic { !suspended && WAITS -> waiters?next; isQueued[next] = false } -> step_lend(s, next); next = 0
        :: else
        fi
#endif
    fi
}
