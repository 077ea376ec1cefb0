using IoAsid.Typed.Analyzers.Operations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.Usage;

/// <summary>Whether a body has anything by which data could outlive its lookup: a wait, a lambda, or something stored in a field or property. Many have not.</summary>
internal sealed class WaysToKeep
{
    private static readonly PerBody<WaysToKeep> Bodies = new(body => new WaysToKeep(body));

    private WaysToKeep(IOperation body) => Exist = body.DescendantsAndSelf().Any(IsOne);

    public bool Exist { get; }

    public static WaysToKeep Around(IOperation operation) => Bodies.Around(operation);

    private static bool IsOne(IOperation operation) => operation switch
    {
        IAwaitOperation or IReturnOperation { Kind: OperationKind.YieldReturn } or IForEachLoopOperation { IsAsynchronous: true } => true,
        IUsingOperation { IsAsynchronous: true } or IUsingDeclarationOperation { IsAsynchronous: true } => true,
        IAnonymousFunctionOperation or IFieldInitializerOperation or IPropertyInitializerOperation => true,
        ISimpleAssignmentOperation or ICoalesceAssignmentOperation => IsMember(((IAssignmentOperation)operation).Target),
        IDeconstructionAssignmentOperation => true,
        IArgumentOperation { Parameter.RefKind: RefKind.Out } argument => IsMember(argument.Value),
        _ => false,
    };

    private static bool IsMember(IOperation target) => target is IFieldReferenceOperation or IPropertyReferenceOperation;
}
