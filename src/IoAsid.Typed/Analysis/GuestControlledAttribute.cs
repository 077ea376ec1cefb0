namespace IoAsid.Typed;

/// <summary>
/// Marks a number that a guest chose. The number may be any, also another guest's id. The analyzer (IOASID3003) reports a call that
/// the number reaches before a hold or find on the owner's set has succeeded.
/// </summary>
/// <remarks>
/// <para>On a parameter, the method expects such numbers and checks them itself. Callers need no check.</para>
/// <para>On a parameter, field, property or return value of a type that has numbers as members, the mark covers all of them.</para>
/// </remarks>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.ReturnValue, Inherited = true)]
public sealed class GuestControlledAttribute : Attribute;
