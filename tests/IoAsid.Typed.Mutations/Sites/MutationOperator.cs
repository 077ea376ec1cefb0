namespace IoAsid.Typed.Mutations;

/// <summary>The kinds of code that a mutant lacks.</summary>
internal enum MutationOperator
{
    /// <summary>A statement, or the work of a task that the caller passes on. The mutant does not execute it.</summary>
    Step,

    /// <summary>A link of a chain, such as one invalidation of a batch. The chain continues without the link.</summary>
    Part,

    /// <summary>A condition or one of its operands. It is never true for a loop or a refusal, and always true for an action.</summary>
    Check,

    /// <summary>A constant or a comparison that is passed as a value. The mutant passes the opposite.</summary>
    Flag,

    /// <summary>A hold or a lock. The mutant releases it at once.</summary>
    Hold,
}
