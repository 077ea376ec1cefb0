using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>The effect of a method on the lifetime of an id.</summary>
internal enum LifetimeAction
{
    None,

    /// <summary>It returns a hold, which may be of nothing.</summary>
    Hold,

    /// <summary>It gives out a reference if it returns true.</summary>
    TryHold,

    /// <summary>It returns a binding.</summary>
    Bind,

    /// <summary>It returns an object that the caller takes over, and that lasts until its disposal.</summary>
    Begin,

    /// <summary>It frees the id of a handle.</summary>
    Free,

    /// <summary>It releases a hold or reference.</summary>
    Release,

    /// <summary>It ends a binding.</summary>
    Complete,
}

/// <summary>Knows the members by which ids are held, bound, freed and released, and who takes over a hold.</summary>
internal sealed class LifetimeMembers
{
    public LifetimeMembers(SdkSymbols sdk, Compilation compilation)
    {
        Sdk = sdk;
        TakesOwnership = new Marks(sdk.TakesOwnershipAttribute, compilation);
    }

    public SdkSymbols Sdk { get; }

    public Marks TakesOwnership { get; }

    /// <summary>Returns the effect of a method, by its name first: most methods have nothing to do with ids.</summary>
    public LifetimeAction Of(IMethodSymbol method) => method.Name switch
    {
        "TryHold" when Sdk.IsSetOrReader(method.ContainingType) => LifetimeAction.TryHold,
        "Bind" when Sdk.Handle.Is(method.ContainingType) => LifetimeAction.Bind,
        "Free" or "FreeAsync" when Sdk.Handle.Is(method.ContainingType) => LifetimeAction.Free,
        "Dispose" when IsDisposable(method.ContainingType) => LifetimeAction.Release,
        "Complete" when Sdk.Binding.Is(method.ContainingType) => LifetimeAction.Complete,
        _ when TakesOwnership.OnReturnOf(method) => LifetimeAction.Begin,
        _ when MayShowHold(method) => LifetimeAction.None,
        _ when IsHold(method.OriginalDefinition.ReturnType) && !method.Parameters.Any(parameter => IsHold(parameter.Type)) => LifetimeAction.Hold,
        _ => LifetimeAction.None,
    };

    public LifetimeAction Of(IOperation operation) => operation is IInvocationOperation call ? Of(call.TargetMethod) : LifetimeAction.None;

    /// <summary>Returns true if a body with such a call is worth a closer look. Disposing something else is not.</summary>
    public bool IsOfInterest(IInvocationOperation call) => (MayMatter(call) || TakesOwnership.MayBeOnParametersOf(call.TargetMethod)) && Of(call.TargetMethod) switch
    {
        LifetimeAction.None or LifetimeAction.Complete => false,
        LifetimeAction.Release => Unconverted.Of(call.Instance)?.Type is { } type && (Sdk.Hold.Is(type) || IsReference(type)),
        _ => true,
    };

    /// <summary>Returns true if a method takes over a hold, reference or binding by a parameter.</summary>
    public bool IsTakenOver(IParameterSymbol parameter) =>
        TakesOwnership.On(parameter) && (Sdk.Hold.Is(parameter.Type) || IsReference(parameter.Type) || Sdk.Binding.Is(parameter.Type));

    /// <summary>Returns true if a method disposes its object.</summary>
    public static bool IsDisposal(IMethodSymbol method) => method is { IsStatic: false, Name: "Dispose" or "DisposeAsync", Parameters.IsEmpty: true };

    /// <summary>Returns true if an operation only waits for the value of a task, or tells how to wait.</summary>
    public static bool IsWaitFor(IOperation operation, IOperation task) => operation switch
    {
        IAwaitOperation wait => wait.Operation == task,
        IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask" } call => call.Instance == task,
        _ => false,
    };

    /// <summary>Returns true if a type is a task of the framework, whose members return its result in ways that are not followed.</summary>
    public static bool IsTask(ITypeSymbol? type) => type is { Name: "Task" or "ValueTask" or "ConfiguredTaskAwaitable" or "ConfiguredValueTaskAwaitable" };

    public bool IsReference(ITypeSymbol? type) => Sdk.Reference.IsBaseOf(type);

    /// <summary>Returns true if a method only borrows its arguments: a method of the SDK, or one of the plainest of the framework.</summary>
    public bool OnlyBorrows(IParameterSymbol parameter) =>
        parameter.ContainingSymbol is IMethodSymbol method
        && !TakesOwnership.On(parameter)
        && (ReturnContract.IsNullTest(method) || IsOfSdk(method) || PlainMethods.Contain(method));

    public bool IsOfSdk(IMethodSymbol method) => Sdk.Set.Definitions.Any(set => SymbolEqualityComparer.Default.Equals(set.ContainingAssembly, method.ContainingAssembly));

    /// <summary>Returns true if a call may matter by its names alone. Most calls get no other look.</summary>
    private static bool MayMatter(IInvocationOperation call) =>
        call.TargetMethod.Name is "TryHold" or "Bind" or "Free" or "FreeAsync" or "Dispose" || call.Type is { Name: "IoAsidHold" };

    /// <summary>Returns true if a method may return a hold that its object keeps. Only a ref struct can keep a hold.</summary>
    private static bool MayShowHold(IMethodSymbol method) => method is { IsStatic: false, ContainingType: { IsRefLikeType: true, Name: not "IoAsidReader" } };

    private bool IsHold(ITypeSymbol type) => type.Name is "IoAsidHold" && Sdk.Hold.Is(type);

    private bool IsDisposable(ITypeSymbol type) =>
        Sdk.Hold.Is(type) || IsReference(type) || type.SpecialType == SpecialType.System_IDisposable;
}
