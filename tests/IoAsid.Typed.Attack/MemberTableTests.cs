using System.Reflection;
using IoAsid.Typed.Attack.Harness;

namespace IoAsid.Typed.Attack;

/// <summary>The table of moves is complete: the attack calls every public member of the types through which a user changes or reads a space.</summary>
public sealed class MemberTableTests
{
    private const int MemberReferences = 0x0A00_0000;
    private const int GenericMethods = 0x2B00_0000;

    private static readonly Type[] Attacked =
    [
        typeof(IoAsidSpace), typeof(IoAsidSet), typeof(IoAsidSet<>), typeof(IoAsidReader<>), typeof(IoAsidHandle<>), typeof(IoAsidLookup<>), typeof(IoAsidHold<>),
        typeof(IoAsidReference), typeof(IoAsidReference<>), typeof(IoAsidBinding), typeof(IoAsidCapacityReservation), typeof(IoAsidObserverRegistration), typeof(IoAsidEvent),
    ];

    [Fact]
    public void Every_public_member_has_a_move()
    {
        const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        HashSet<(Module, int)> called = [.. CalledFrom(typeof(Moves).Module).Select(method => (method.Module, method.MetadataToken))];

        // Overrides of the members of System.Object are called through System.Object.
        Assert.Empty(Attacked
            .SelectMany(type => type.GetMethods(Public))
            .Where(method => method.GetBaseDefinition().DeclaringType != typeof(object) && !called.Contains((method.Module, method.MetadataToken)))
            .Select(method => $"{method.DeclaringType!.Name}.{method.Name}({string.Join(", ", method.GetParameters().Select(parameter => parameter.ParameterType.Name))})"));
    }

    /// <summary>Returns the methods of other assemblies that a module names in its code, each as its definition.</summary>
    private static IEnumerable<MethodBase> CalledFrom(Module module) =>
        new[] { MemberReferences, GenericMethods }
            .SelectMany(table => Enumerable.Range(table + 1, 5_000).Select(token => Resolve(module, token)).TakeWhile(found => found.Exists))
            .Select(found => found.Method is { IsGenericMethod: true } generic ? ((MethodInfo)generic).GetGenericMethodDefinition() : found.Method)
            .OfType<MethodBase>();

    /// <returns>Exists: whether the table has the row. Method: the method of the row; null if it needs the type arguments of its context.</returns>
    private static (bool Exists, MethodBase? Method) Resolve(Module module, int token)
    {
        try
        {
            return (true, module.ResolveMember(token) as MethodBase);
        }
        catch (ArgumentOutOfRangeException)
        {
            return (false, null);
        }
        catch (Exception unresolved) when (unresolved is ArgumentException or BadImageFormatException or MissingMemberException)
        {
            return (true, null);
        }
    }
}
