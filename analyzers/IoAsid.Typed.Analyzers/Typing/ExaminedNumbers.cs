using IoAsid.Typed.Analyzers.Operations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.Typing;

/// <summary>The ids whose number a body compares, shifts, masks or matches: it knows how many bits there are. An id goes by how it is written.</summary>
internal sealed class ExaminedNumbers
{
    private static readonly PerBody<ExaminedNumbers> Bodies = new(body => new ExaminedNumbers(body));

    private readonly HashSet<string> _written;

    private ExaminedNumbers(IOperation body) => _written = new(
        body.Descendants()
            .OfType<IPropertyReferenceOperation>()
            .Where(property => property.Property.Name is "Value" && IsExamined(property))
            .Select(property => property.Syntax.ToString()),
        StringComparer.Ordinal);

    public static ExaminedNumbers Around(IOperation operation) => Bodies.Around(operation);

    public bool Contain(IOperation number) => _written.Contains(number.Syntax.ToString());

    private static bool IsExamined(IOperation number) => number.Parent switch
    {
        _ when !CallStack.HasRoom() => false,
        IBinaryOperation or IIsPatternOperation or ISwitchOperation or ISwitchExpressionOperation => true,
        IConversionOperation { IsImplicit: true } conversion => IsExamined(conversion),
        IArgumentOperation { Parent: IInvocationOperation { TargetMethod.Name: var called } } => called.StartsWith("ThrowIf", StringComparison.Ordinal),
        _ => false,
    };
}
