using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <content>Rules about the origin of ids: IOASID3xxx.</content>
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
        description: "An id that hardware reported or a set allocated is already a RawIoAsid. A number that other code turns into one was "
            + "computed, stored or passed on as an integer, and its owner is unknown.",
        helpLinkUri: PageOf(DiagnosticIds.RawIdOutsideBoundary));

    public static readonly DiagnosticDescriptor DeadDefault = new(
        DiagnosticIds.DeadDefault,
        "Use of a default handle or reader",
        "{1} is a default {0}, so '{2}' throws; use {3}",
        Boundaries,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A default handle belongs to no allocation and a default reader reads no set. They can only be compared, printed and replaced.",
        helpLinkUri: PageOf(DiagnosticIds.DeadDefault));

    public static readonly DiagnosticDescriptor UncheckedGuestNumber = new(
        DiagnosticIds.UncheckedGuestNumber,
        "A guest's number used before it is checked",
        "'{0}' is the guest's choice for '{1}', and is passed to '{2}' unchecked on some path; {3}",
        Boundaries,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A guest may send any number, also the number of another guest's id. Only a hold or find on the set of its owner shows that the id belongs to the guest.",
        helpLinkUri: PageOf(DiagnosticIds.UncheckedGuestNumber));
}
