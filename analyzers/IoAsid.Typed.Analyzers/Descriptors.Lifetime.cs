using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>Rules about the lifetime of ids, holds and data: IOASID2xxx.</summary>
internal static partial class Descriptors
{
    private const string Lifetime = "IoAsid.Lifetime";

    public static readonly DiagnosticDescriptor Leak = new(
        DiagnosticIds.Leak,
        "A hold, reference or binding is not released on some path",
        "On some path out of '{0}', {1} is neither released nor passed on; {2}",
        Lifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "While an id is held its number cannot be used again. A hold that is not released keeps it pending permanently.",
        helpLinkUri: PageOf(DiagnosticIds.Leak));

    public static readonly DiagnosticDescriptor UseAfterEnd = new(
        DiagnosticIds.UseAfterEnd,
        "Use after a free or release",
        "'{0}' of '{1}' ({2}) is used after '{3}' on every path to it, and throws; use it before '{3}'",
        Lifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A handle is stale after its id is freed, and a released hold returns no data. The number may belong to another owner by then.",
        helpLinkUri: PageOf(DiagnosticIds.UseAfterEnd));

    public static readonly DiagnosticDescriptor UnheldData = new(
        DiagnosticIds.UnheldData,
        "Data of an id that nothing holds",
        "The data that '{0}' found in '{1}' {2}, and nothing holds the id; take a reference with 'TryHold', and release it when the data is no longer needed",
        Lifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A lookup holds nothing: the id may be freed, and its data disposed, as soon as the lookup has returned. "
            + "Data that is kept, or used after a wait, needs a reference to its id.",
        helpLinkUri: PageOf(DiagnosticIds.UnheldData));

    public static readonly DiagnosticDescriptor FreeBeforeCompletion = new(
        DiagnosticIds.FreeBeforeCompletion,
        "Free before the binding is completed",
        "'{0}' ({1}) is freed while its binding '{2}' is live, so its number stays pending; drain and complete the binding first, then free",
        Lifetime,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "The regular order is to stop the device, drain, complete the binding, and free last. Then the number is back in the pool at once.",
        helpLinkUri: PageOf(DiagnosticIds.FreeBeforeCompletion));

    public static readonly DiagnosticDescriptor DroppedHandle = new(
        DiagnosticIds.DroppedHandle,
        "Handle of an allocation dropped",
        "The id that '{0}' allocates in '{1}' can be changed and freed only by its handle, and the handle is dropped; keep the handle",
        Lifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "All changes of an id go through the handle that its allocation returned. Without the handle the id leaks until its whole set is freed.",
        helpLinkUri: PageOf(DiagnosticIds.DroppedHandle));

    public static readonly DiagnosticDescriptor CheckThenAct = new(
        DiagnosticIds.CheckThenAct,
        "Check of an id, then an act on it",
        "The answer of '{0}' about '{2}' in '{1}' may be out of date when '{3}' acts on it; take the id with 'TryHold', which checks and keeps it in one step",
        Lifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "An id that a check found may be freed, and its number used again for another owner, before the next call. "
            + "A hold checks the id and keeps it.",
        helpLinkUri: PageOf(DiagnosticIds.CheckThenAct));

    public static readonly DiagnosticDescriptor WaitWhileHolding = new(
        DiagnosticIds.WaitWhileHolding,
        "Wait for a free that the caller's own hold prevents",
        "The wait for 'FreeAsync' of '{0}' ({1}) never ends: {2} is live here; release it before the wait",
        Lifetime,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "FreeAsync completes when the last hold and binding of the id have ended. A caller that waits for it and holds the id waits for itself.",
        helpLinkUri: PageOf(DiagnosticIds.WaitWhileHolding));

    public static readonly DiagnosticDescriptor DroppedRegistration = new(
        DiagnosticIds.DroppedRegistration,
        "Registration or reservation dropped",
        "The result of '{0}' is dropped and can never be disposed: {1}; keep it, and dispose it when it is no longer needed",
        Lifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "An observer is notified, and capacity is reserved, until the result of the call is disposed. Without the result that is permanent.",
        helpLinkUri: PageOf(DiagnosticIds.DroppedRegistration));
}
