namespace IoAsid.Typed.Emulation;

/// <summary>Violations of PCIe or VT-d that a function commits on request. The unit, a checker or the contents of memory show each of them.</summary>
[Flags]
public enum DeviceMisbehaviour
{
    /// <summary>The function behaves correctly.</summary>
    None = 0,

    /// <summary>Ignores invalidations: keeps the translations and sends no completion.</summary>
    IgnoresInvalidation = 1,

    /// <summary>Completes invalidations, but keeps the translations.</summary>
    KeepsInvalidatedTranslations = 2,

    /// <summary>Completes invalidations only after <see cref="FunctionOptions.LateCompletionDelay"/>.</summary>
    CompletesInvalidationLate = 4,

    /// <summary>Completes invalidations with tags that are not outstanding.</summary>
    CompletesWithWrongTag = 8,

    /// <summary>Completes each invalidation twice.</summary>
    CompletesInvalidationTwice = 16,

    /// <summary>Sends translated requests to addresses that are from no translation completion.</summary>
    ForgesTranslatedRequests = 32,

    /// <summary>Sends page requests beyond <see cref="Hardware.IPriCapability.Allocation"/>.</summary>
    ExceedsPageRequestCredit = 64,

    /// <summary>Marks no page request as the last of its group, so that no group gets a response.</summary>
    NeverSendsLast = 128,

    /// <summary>Sends requests with a PASID of another owner: the number that differs in the lowest bit.</summary>
    UsesForeignPasid = 256,

    /// <summary>Reads with a PASID after it has sent the stop marker of the PASID.</summary>
    UsesPasidAfterStop = 512,
}
