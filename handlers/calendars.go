package handlers

import (
	"context"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"fieldcare/internal/account"
	"fieldcare/scheduling"
)

func (s *Server) readOwnCalendar(ctx context.Context, u account.User, _ *struct{}) (*answered[scheduling.FeedLink], error) {
	link, err := s.Feeds.OwnLink(ctx, u)
	return &answered[scheduling.FeedLink]{link}, err
}

func (s *Server) renewOwnCalendar(ctx context.Context, u account.User, _ *struct{}) (*answered[scheduling.FeedLink], error) {
	link, err := s.Feeds.RenewOwnLink(ctx, u)
	return &answered[scheduling.FeedLink]{link}, err
}

func (s *Server) readRoomCalendar(ctx context.Context, u account.User, in *ByID) (*answered[scheduling.FeedLink], error) {
	link, err := s.Feeds.RoomLink(ctx, u, in.ID)
	return &answered[scheduling.FeedLink]{link}, err
}

func (s *Server) renewRoomCalendar(ctx context.Context, u account.User, in *ByID) (*answered[scheduling.FeedLink], error) {
	link, err := s.Feeds.RenewRoomLink(ctx, u, in.ID)
	return &answered[scheduling.FeedLink]{link}, err
}

// calendars serves calendars to programs that subscribed to one: they cannot sign in, so the address is the secret.
func (s *Server) calendars(app *fiber.App) {
	app.Get("/calendars/:secret.ics", func(c *fiber.Ctx) error {
		ctx, cancel := s.within(c.UserContext())
		defer cancel()
		feed, err := s.Feeds.Read(ctx, c.Params("secret"))
		if err != nil {
			return problemOf(ctx, err)
		}
		c.Set(fiber.HeaderETag, `W/"`+feed.Tag()+`"`)
		c.Set(fiber.HeaderCacheControl, "private, no-cache") // kept by who asked, who asks each time whether it still holds
		c.Set("X-Robots-Tag", "noindex, nofollow")
		if c.Fresh() {
			c.Status(http.StatusNotModified)
			return nil
		}
		c.Set(fiber.HeaderContentType, "text/calendar; charset=utf-8")
		return c.Send(feed.Calendar())
	})
}
