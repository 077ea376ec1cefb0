namespace IoAsid.Typed.Tests.Fixtures;

/// <summary>The data of an id for shared virtual addressing.</summary>
internal abstract record SvaBinding(string Name);

/// <summary>A process on the host.</summary>
internal sealed record NativeSvaBinding(string Name) : SvaBinding(Name);

/// <summary>A process in a guest.</summary>
internal sealed record GuestSvaBinding(string Name) : SvaBinding(Name);

/// <summary>The data of an id for an auxiliary domain.</summary>
internal sealed record AuxiliaryDomain(string Name);
