using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>The types whose values are answered once, and the members that answer them.</summary>
internal sealed class AnswerMembers(SdkSymbols sdk, Compilation compilation)
{
    private readonly Marks _answeredOnce = new(sdk.AnsweredOnceAttribute, compilation);
    private readonly Marks _answers = new(sdk.AnswersAttribute, compilation);

    /// <summary>Gets a value indicating whether anything is to be answered at all.</summary>
    public bool AreThere => _answeredOnce.AreThere;

    public bool IsAnsweredOnce(ITypeSymbol? type) => type switch
    {
        null => false,
        ITypeParameterSymbol parameter => TypeParts.BoundsOf(parameter).Any(_answeredOnce.OnTypeOrBase),
        _ => _answeredOnce.OnTypeOrBase(type),
    };

    /// <summary>Returns true if a function has taken over the duty to answer the value of a parameter.</summary>
    public bool HasDuty(IParameterSymbol parameter) =>
        (parameter.RefKind != RefKind.Out && _answers.On(parameter)) || (parameter.ContainingSymbol is IMethodSymbol method && AnswersFirst(method) && parameter.Ordinal == 0);

    /// <summary>Returns the object that an operation answers, or for which it hands the duty on; null if there is no such object.</summary>
    public IOperation? AnsweredBy(IOperation operation) => operation switch
    {
        IArgumentOperation { Parameter: { } parameter } argument when IsAnsweredOnce(argument.Value.Type) && HasDuty(parameter) => argument.Value,
        IInvocationOperation { Instance: { } instance } call when MethodOn(instance, call) is { } method
            && (_answers.On(method) || (Ways.ReceiverOf(method) is { } receiver && HasDuty(receiver))) => instance,
        ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Instance: { } instance } target }
            when IsAnsweredOnce(instance.Type) && _answers.On(target.Property) => instance,
        _ => null,
    };

    /// <summary>Returns true if an operation answers only what has no answer, so that it may follow an answer.</summary>
    public bool AnswersOnlyUnanswered(IOperation operation) =>
        operation is IInvocationOperation { Instance: { } instance } call
        && MethodOn(instance, call) is { } method
        && _answers.Of(method.OriginalDefinition)?.NamedArguments.Any(argument => argument is { Key: "OnlyIfUnanswered", Value.Value: true }) == true;

    /// <summary>Returns true if a method has a mark that transfers the duty to answer its result, or the out value of this parameter.</summary>
    public bool IsMarkedToGiveDuty(IMethodSymbol? method, IParameterSymbol? outParameter) =>
        outParameter is null ? method is not null && _answers.OnReturnOf(method) : _answers.On(outParameter);

    /// <summary>Returns true if a method creates its result: a factory of the type itself, by the names of factories in .NET.</summary>
    public bool IsFactory(IMethodSymbol? method) =>
        method is { IsStatic: true }
        && (method.Name.StartsWith("Create", StringComparison.Ordinal) || method.Name.StartsWith("TryCreate", StringComparison.Ordinal))
        && IsAnsweredOnce(method.ContainingType);

    /// <summary>Returns true if an expression tells that this value was answered.</summary>
    public bool TellsAnswered(IPropertyReferenceOperation property) =>
        IsAnsweredOnce(property.Instance?.Type) && string.Equals(property.Property.Name, NameOfTelling(property.Instance!.Type!), StringComparison.Ordinal);

    /// <summary>
    /// Returns the method that a call runs on a value that is answered once; null for other values. A call through an interface, which is how <c>using</c> disposes a struct, runs the method of the
    /// value's own type.
    /// </summary>
    private IMethodSymbol? MethodOn(IOperation instance, IInvocationOperation call)
    {
        if (Unconverted.Of(instance)?.Type is not { } type || !IsAnsweredOnce(type))
            return null;

        return call.TargetMethod.ContainingType is { TypeKind: TypeKind.Interface }
            ? type.FindImplementationForInterfaceMember(call.TargetMethod) as IMethodSymbol ?? call.TargetMethod
            : call.TargetMethod;
    }

    private string NameOfTelling(ITypeSymbol type)
    {
        for (ITypeSymbol? ancestor = type; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (_answeredOnce.Of(ancestor)?.NamedArguments.FirstOrDefault(argument => argument.Key is "AnsweredProperty").Value.Value is string name)
                return name;
        }

        return "IsAnswered";
    }

    /// <summary>Returns true if a method is static and marked. It answers its first parameter, like an extension.</summary>
    private bool AnswersFirst(IMethodSymbol method) => method.IsStatic && _answers.On(method);
}
