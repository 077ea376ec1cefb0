namespace IoAsid.Typed.Mutations;

/// <summary>The part that a mutant lacks.</summary>
internal enum MutationOperator
{
    /// <summary>A statement, or work that is waited for: it is not done.</summary>
    Step,

    /// <summary>A link of a chain that builds something, such as one invalidation of a batch: the chain continues without it.</summary>
    Part,

    /// <summary>A condition, or one operand of it: it never stops anything.</summary>
    Check,

    /// <summary>A constant or a comparison that is handed over: it is the opposite.</summary>
    Flag,

    /// <summary>A hold or a lock: it is released at once.</summary>
    Hold,
}
