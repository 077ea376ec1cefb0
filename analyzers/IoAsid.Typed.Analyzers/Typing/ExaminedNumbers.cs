using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>The ids whose number a body compares, shifts, masks or matches: the body knows how many bits there are. All names of an id count.</summary>
internal sealed class ExaminedNumbers
{
    private static readonly PerBody<ExaminedNumbers> Bodies = new(body => new ExaminedNumbers(body));

    private readonly HashSet<object> _ids;
    private readonly ValueMoves _moves;

    private ExaminedNumbers(IOperation body)
    {
        _moves = ValueMoves.Around(body);
        _ids =
        [
            .. body.Descendants()
                .OfType<IPropertyReferenceOperation>()
                .Where(number => IsNumber(number) && _moves.PlacesOf(number, conversion => !conversion.IsImplicit).Any(IsExamined))
                .Select(number => _moves.KeyOf(number.Instance!)),
        ];
    }

    public static ExaminedNumbers Around(IOperation operation) => Bodies.Around(operation);

    /// <summary>Returns true if the body examines the number of an id.</summary>
    /// <param name="number">A read of the number, as the compiler gives it.</param>
    public bool Contain(IPropertyReferenceOperation number) => number.Instance is { } id && _ids.Contains(_moves.KeyOf(id));

    private static bool IsNumber(IPropertyReferenceOperation property) =>
        property is { Property.Name: "Value", Instance: not null, Type.SpecialType: >= SpecialType.System_SByte and <= SpecialType.System_UInt64 };

    private static bool IsExamined(ValuePlace place) => place.User switch
    {
        IBinaryOperation or IIsPatternOperation => true,
        IArgumentOperation { Parent: IInvocationOperation { TargetMethod.Name: var called } } => called.StartsWith("ThrowIf", StringComparison.Ordinal),
        _ => false,
    };
}
