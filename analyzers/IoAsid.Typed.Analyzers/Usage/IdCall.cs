using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>A call on a set or reader that is about one id.</summary>
internal sealed class IdCall
{
    private IdCall(IInvocationOperation call, IOperation set, IOperation id)
    {
        Call = call;
        Set = set;
        Id = id;
    }

    public IInvocationOperation Call { get; }

    /// <summary>The set as it was written, without conversions and <c>.Reader</c>: both look in the same set.</summary>
    public IOperation Set { get; }

    public IOperation Id { get; }

    public string Name => Call.TargetMethod.Name;

    /// <summary>Gets a value indicating whether the lookup runs a check of the caller's on the data, which may be a taking of a reference.</summary>
    public bool HasGetter => Name is "Find" && Call.TargetMethod.Parameters.Length > 1;

    /// <summary>Gets a value indicating whether the call answers without keeping the id.</summary>
    public bool IsCheck => Name is "Contains" or "Find" or "TryFind";

    /// <summary>Returns the call that an operation is, or null.</summary>
    public static IdCall? Of(IOperation operation, SdkSymbols sdk)
    {
        if (operation is not IInvocationOperation { TargetMethod: var method } call
            || method.Name is not ("Contains" or "Find" or "TryFind" or "Hold" or "TryHold" or "TryGetHandle")
            || call.Instance is null
            || !sdk.IsSetOrReader(method.ContainingType)
            || method.Parameters.IsEmpty
            || !sdk.RawId.Is(method.Parameters[0].Type))
            return null;

        foreach (IArgumentOperation argument in call.Arguments)
        {
            if (argument.Parameter?.Ordinal == 0)
                return new IdCall(call, SetOf(call.Instance, sdk), argument.Value);
        }

        return null;
    }

    private static IOperation SetOf(IOperation receiver, SdkSymbols sdk)
    {
        while (true)
        {
            switch (receiver)
            {
                case IConversionOperation { Operand: var operand } when sdk.IsSetOrReader(operand.Type):
                    receiver = operand;
                    break;
                case IPropertyReferenceOperation { Property.Name: "Reader", Instance: { } set } property
                    when sdk.TypedSet.Is(property.Property.ContainingType):
                    receiver = set;
                    break;
                default:
                    return receiver;
            }
        }
    }
}
