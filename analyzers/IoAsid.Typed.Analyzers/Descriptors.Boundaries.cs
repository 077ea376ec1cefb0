using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <content>Rules about where ids come from: IOASID3xxx.</content>
internal static partial class Descriptors
{
    private const string Boundaries = "IoAsid.Boundaries";

    public static readonly DiagnosticDescriptor RawIdOutsideBoundary = new(
        DiagnosticIds.RawIdOutsideBoundary,
        "RawIoAsid made outside a hardware boundary",
        "'{0}' turns a bare number into a RawIoAsid; take the id from the handle, hold or request that has it, or mark {1} [HardwareBoundary] if the number comes from hardware",
        Boundaries,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "An id that hardware reported or a set handed out is a RawIoAsid already. A number that is turned into one somewhere else was "
            + "computed, stored or passed on as an integer, and its owner is unknown.",
        helpLinkUri: PageOf(DiagnosticIds.RawIdOutsideBoundary));

    public static readonly DiagnosticDescriptor DeadDefault = new(
        DiagnosticIds.DeadDefault,
        "Use of a default handle or reader",
        "{1} is a default {0}, which stands for nothing: '{2}' throws; use {3}",
        Boundaries,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A default handle stands for no allocation and a default reader reads no set. All that can be done with them is to compare them, "
            + "print them and replace them.",
        helpLinkUri: PageOf(DiagnosticIds.DeadDefault));

    public static readonly DiagnosticDescriptor UncheckedGuestNumber = new(
        DiagnosticIds.UncheckedGuestNumber,
        "A guest's number used before it is checked",
        "'{0}' is what the guest chose for '{1}', and goes into '{2}' unchecked on some path; {3}",
        Boundaries,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A guest may name any number, also one of another guest's. A hold or find on the set of its owner, and only that, tells whether it is its own.",
        helpLinkUri: PageOf(DiagnosticIds.UncheckedGuestNumber));
}
