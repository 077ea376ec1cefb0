using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>A name that a value can have inside one function: a local, a parameter, or a temporary of the flow graph.</summary>
internal readonly struct Slot : IEquatable<Slot>
{
    private readonly object _identity;

    private Slot(object identity) => _identity = identity;

    public ISymbol? Symbol => _identity as ISymbol;

    public static Slot Of(IParameterSymbol parameter) => new(parameter);

    public static Slot Of(ILocalSymbol local) => new(local);

    public static Slot Of(CaptureId capture) => new(capture);

    /// <summary>Returns the slot that an operation is, or null.</summary>
    public static Slot? Of(IOperation? operation) => operation switch
    {
        _ when !CallStack.HasRoom() => null,
        ILocalReferenceOperation local => Of(local.Local),
        IParameterReferenceOperation parameter => Of(parameter.Parameter),
        IFlowCaptureReferenceOperation capture => Of(capture.Id),
        IDeclarationExpressionOperation declaration => Of(declaration.Expression),
        _ => null,
    };

    public bool Equals(Slot other) => _identity.Equals(other._identity);

    public override bool Equals(object? obj) => obj is Slot other && Equals(other);

    public override int GetHashCode() => _identity.GetHashCode();
}
