namespace IoAsid.Typed;

/// <summary>
/// Marks a number that a guest chose: it may be any number, also another guest's id. The analyzer (IOASID3003) reports a call that it
/// reaches before a hold or find on its owner's set has succeeded.
/// </summary>
/// <remarks>
/// <para>On a parameter it also says that the method expects such numbers and checks them itself, so that callers need not.</para>
/// <para>On a parameter, field, property or return value of a type that has numbers as members, it counts for all of them.</para>
/// </remarks>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.ReturnValue, Inherited = true)]
public sealed class GuestControlledAttribute : Attribute;
