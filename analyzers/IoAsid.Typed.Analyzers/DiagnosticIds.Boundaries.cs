namespace IoAsid.Typed.Analyzers;

/// <content>Rules about where ids come from: IOASID3xxx.</content>
public static partial class DiagnosticIds
{
    /// <summary>An id made of a bare number outside a hardware boundary.</summary>
    public const string RawIdOutsideBoundary = "IOASID3001";

    /// <summary>A member of a default handle or reader.</summary>
    public const string DeadDefault = "IOASID3002";

    /// <summary>A number of a guest's that reaches a call before it is checked.</summary>
    public const string UncheckedGuestNumber = "IOASID3003";
}
