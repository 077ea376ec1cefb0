using IoAsid.Typed;

using IoAsidSpace space = new();
IoAsidSet<SvaBinding> sva = space.CreateSet<SvaBinding>("sva");
IoAsidSet<GuestSvaBinding> guests = sva.CreateSubset<GuestSvaBinding>("guests");
RawIoAsid id = sva.Allocate(new NativeSvaBinding()).Id;
Mistakes mistakes = new(space, sva);

int told = 0;
mistakes.DropRegistration(_ => told++);
mistakes.DropHandle(guests);
Console.WriteLine(string.Join(' ',
    mistakes.WithoutSet(id), mistakes.ThroughSet(id), mistakes.Cast(id), mistakes.ExactSet(sva, id), mistakes.Switch(id), mistakes.CutShort(id),
    mistakes.Forgotten(id), await mistakes.UnheldAsync(id), mistakes.CheckThenAct(id), told));
