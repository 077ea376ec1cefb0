namespace IoAsid.Typed.Analyzers;

/// <content>Rules about where ids come from: IOASID3xxx.</content>
public static partial class DiagnosticIds
{
    /// <summary>An id made of a bare number outside a hardware boundary.</summary>
    public const string RawIdOutsideBoundary = "IOASID3001";
}
