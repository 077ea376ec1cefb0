namespace IoAsid.Typed.DmaEngine;

/// <summary>An error that no completion record reports.</summary>
[BitLayout("ERROR", 64)]
public readonly partial record struct DmaEngineError
{
    /// <summary>Gets a value indicating whether an error occurred.</summary>
    [Bits("VALID", 0)] public partial bool IsValid { get; init; }

    /// <summary>Gets a value indicating whether further errors occurred. The register has the first one.</summary>
    [Bits("OVERFLOW", 1)] public partial bool Overflow { get; init; }

    /// <summary>The error.</summary>
    [Bits("STATUS", 8, 15)] public partial DmaStatus Status { get; init; }

    /// <summary>The work queue.</summary>
    [Bits("QUEUE", 16, 23)] public partial int Queue { get; init; }

    /// <summary>Gets a value indicating whether the descriptor had a PASID.</summary>
    [Bits("PASID_PRESENT", 31)] public partial bool HasPasid { get; init; }

    /// <summary>The PASID of the descriptor.</summary>
    [Bits("PASID", 32, 51)] public partial Pasid Pasid { get; init; }
}
