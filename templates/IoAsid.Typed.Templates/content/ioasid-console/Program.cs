using IoAsid.Typed;

// One number space. Each set fixes the type of its data, and each subset has an owner.
using IoAsidSpace space = new();
IoAsidSet<Binding> bindings = space.CreateSet<Binding>("bindings");
IoAsidSet<Domain> domains = space.CreateSet<Domain>("domains");

IoAsidHandle<Binding> editor = bindings.Allocate(new Binding("editor"));
IoAsidHandle<Domain> disk = domains.Allocate(new Domain("disk"));

// A lookup through a set finds the ids of the set only. The hold keeps the id while its data is used.
foreach (RawIoAsid number in new[] { editor.Id, disk.Id })
{
    using IoAsidHold<Binding> hold = bindings.Hold(number);
    Console.WriteLine(hold.IsHeld ? $"{number}: {hold.Data.Process}" : $"{number}: {hold.Status}");
}

internal sealed record Binding(string Process);

internal sealed record Domain(string Name);
